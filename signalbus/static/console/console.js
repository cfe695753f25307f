/* What the consoles' pages do by themselves; each part is asked for by a data attribute. */
"use strict";

/* data-copy="id": a button that copies the text of that element. */
document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
        await navigator.clipboard.writeText(source.value ?? source.textContent);
        button.lastChild.textContent = "Copied";
    } catch {
        /* Browsers lend the clipboard to secure pages only: elsewhere the text is marked. */
        window.getSelection().selectAllChildren(source);
        source.select?.();
    }
});
