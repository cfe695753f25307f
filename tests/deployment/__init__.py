"""What an installation is deployed with: images, Compose, references, doctor, smoke."""
