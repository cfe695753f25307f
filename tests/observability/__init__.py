"""What watches an installation: metrics, rules, dashboards, traces."""
