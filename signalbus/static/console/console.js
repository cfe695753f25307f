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

/* data-refresh="seconds": its parts with data-live are fetched anew until the server asks no more. */
const refresh = (page) => {
    const seconds = Number(page?.dataset.refresh);
    if (seconds) setTimeout(() => look(page), seconds * 1000);
};

const look = async (page) => {
    if (document.hidden) return refresh(page);
    try {
        const answer = await fetch(location.href, {redirect: "error", cache: "no-store"});
        if (!answer.ok) return refresh(page);
        replace(page, new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
        /* The server is away for a moment, or the log-in has ended: the next look tells. */
    }
    refresh(page);
};

const replace = (page, found) => {
    const fresh = found.getElementById(page.id);
    if (!fresh) return;
    for (const part of page.querySelectorAll("[data-live]")) {
        const now = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
        if (now && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
    }
    page.dataset.refresh = fresh.dataset.refresh ?? "0";
};

/* The script stands in the head: there is no page to look at before all of it is read. */
document.addEventListener("DOMContentLoaded", () => refresh(document.querySelector("[data-refresh]")));

/* data-reload="name": choosing another value shows the form that belongs to it. */
document.addEventListener("change", (event) => {
    const name = event.target.dataset.reload;
    if (!name) return;
    const kept = [...event.target.form.elements].filter((each) => ["name", "position"].includes(each.name));
    const query = new URLSearchParams(kept.map((each) => [each.name, each.value]));
    query.set(name, event.target.value);
    location.search = query;
});

/* On narrow screens each value of a list names its column; a list without check boxes calls its
   first column "Select record", whatever it holds. */
document.addEventListener("DOMContentLoaded", () => {
    const title = document.querySelector("#result_list thead th .text");
    if (!title || title.querySelector("input")) return;
    for (const cell of document.querySelectorAll("#result_list tr.data-row > :first-child")) {
        cell.dataset.label = title.textContent.trim();
    }
});
