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

/* data-select: a field whose text is marked when somebody clicks into it. */
document.addEventListener("click", (event) => event.target.closest("[data-select]")?.select());

/* data-sure="question": a form that is only sent when the answer is yes. */
document.addEventListener("submit", (event) => {
    const question = event.target.dataset.sure;
    if (question && !window.confirm(question)) event.preventDefault();
});

/* data-refresh="seconds": its parts with data-live are fetched anew until the server says 0, while
   the tab is seen; and soon after something was heard of them (live.js), also after that. */
let waiting = 0;
let looking = false;
let rested = 0; /* when the next look may begin that something heard is the reason of */
let called = 0;

const MOMENT = 200; /* milliseconds: what comes together is looked at once */
const REST = 1500; /* between two looks, and four times as long as the last one took */
const SHARE = 4;

const refresh = (page) => {
    const seconds = Number(page?.dataset.refresh);
    clearTimeout(waiting);
    if (seconds) waiting = setTimeout(() => look(page), seconds * 1000);
};

const look = async (page) => {
    clearTimeout(waiting);
    if (document.hidden || looking) return;
    looking = true;
    const begun = Date.now();
    try {
        const asked = {redirect: "manual", cache: "no-store", headers: {"X-Signalbus-Part": "page"}};
        const answer = await fetch(location.href, asked);
        /* The log-in has ended, say: the page goes where it is sent. */
        if (answer.type === "opaqueredirect") return location.reload();
        if (answer.ok) replace(page, new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
        /* The server is away for a moment. */
    } finally {
        looking = false;
        rested = Date.now() + Math.max(REST, SHARE * (Date.now() - begun));
        refresh(page);
    }
};

const hear = () => {
    called ||= setTimeout(() => {
        called = 0;
        if (looking) return hear();
        const page = document.querySelector("[data-refresh]");
        if (page) look(page);
    }, Math.max(MOMENT, rested - Date.now()));
};

const replace = (page, found) => {
    const fresh = found.getElementById(page.id);
    if (!fresh) return;
    for (const part of page.querySelectorAll("[data-live]")) {
        const now = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
        if (now) follow(part, now);
    }
    page.dataset.refresh = fresh.dataset.refresh ?? "0";
    nameColumns();
};

const OWN = ["open", "tabindex"]; /* what the page has, and what it was sent has not */

/* Changes an element into another one in its place, so that what has the focus keeps it, and what
   somebody has opened stays open. Children with an id or a data-key are known by it. */
const follow = (element, fresh) => {
    for (const {name} of [...element.attributes]) {
        if (!fresh.hasAttribute(name) && !OWN.includes(name)) element.removeAttribute(name);
    }
    for (const {name, value} of fresh.attributes) {
        if (element.getAttribute(name) !== value) element.setAttribute(name, value);
    }
    const wanted = new Set([...fresh.children].map(key));
    for (const child of [...element.children]) if (key(child) && !wanted.has(key(child))) child.remove();
    const known = new Map([...element.children].map((child) => [key(child), child]));
    let place = element.firstChild;
    for (const each of [...fresh.childNodes]) {
        const same = key(each) ? known.get(key(each)) : isLike(place, each) && place;
        if (!same) {
            element.insertBefore(document.importNode(each, true), place);
            continue;
        }
        if (same !== place) element.insertBefore(same, place);
        place = same.nextSibling;
        if (same.nodeType === Node.ELEMENT_NODE) follow(same, each);
        else if (same.data !== each.data) same.data = each.data;
    }
    while (place) {
        const next = place.nextSibling;
        place.remove();
        place = next;
    }
};

const key = (node) => node.id || node.dataset?.key;

const isLike = (node, other) => node?.nodeName === other.nodeName && !key(node);

const seen = () => document.querySelector("[data-refresh]:not([data-refresh=\"0\"])");

document.addEventListener("visibilitychange", () => seen() && look(seen()));
document.addEventListener("signalbus:delivery", hear);
document.addEventListener("signalbus:reset", hear);

/* The script stands in the head: there is no page to look at before all of it is read. */
document.addEventListener("DOMContentLoaded", () => refresh(seen()));

/* data-reload="name": choosing another value shows the form that belongs to it. */
document.addEventListener("change", (event) => {
    const {reload: name, renews} = event.target.dataset;
    if (!name) return;
    if (renews) return renew(event.target, name, renews);
    const kept = [...event.target.form.elements].filter((each) => ["name", "position"].includes(each.name));
    const query = new URLSearchParams(kept.map((each) => [each.name, each.value]));
    query.set(name, event.target.value);
    location.search = query;
});

/* data-renews="field" beside it: only that field of the form takes what the other form has in it;
   everything else stays as it was typed. */
const renew = async (choice, name, field) => {
    const {value} = choice;
    try {
        const query = new URLSearchParams({[name]: value});
        const answer = await fetch(`${location.pathname}?${query}`, {redirect: "manual", cache: "no-store"});
        if (!answer.ok) return;
        const found = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = found.querySelector(`form [name="${field}"]`);
        /* Something else may have been chosen meanwhile. */
        if (fresh && choice.value === value) choice.form.elements[field].value = fresh.value;
    } catch {
        /* The server is away for a moment: what is typed stays. */
    }
};

/* On narrow screens each value of a list names its column; a list without check boxes calls its
   first column "Select record", whatever it holds. */
document.addEventListener("DOMContentLoaded", () => {
    const title = document.querySelector("#result_list thead th .text");
    if (!title || title.querySelector("input")) return;
    for (const cell of document.querySelectorAll("#result_list tr.data-row > :first-child")) {
        cell.dataset.label = title.textContent.trim();
    }
});

/* The same in the tables of our own pages, whose rows are cards there. */
const nameColumns = () => {
    for (const table of document.querySelectorAll(".sb-table:not(.sb-wide)")) {
        const titles = [...table.querySelectorAll("thead th")].map((title) => title.textContent.trim());
        for (const row of table.querySelectorAll("tbody tr")) {
            [...row.cells].forEach((cell, place) => {
                cell.dataset.label = titles[place] ?? "";
                cell.toggleAttribute("data-blank", !cell.textContent.trim() && !cell.children.length);
            });
        }
    }
};
document.addEventListener("DOMContentLoaded", nameColumns);

/* Pictures are words of a font, which nobody wants read aloud; those of our own pages say so. */
document.addEventListener("DOMContentLoaded", () => {
    for (const picture of document.querySelectorAll(".material-symbols-outlined")) picture.ariaHidden = "true";
});

/* What is wider than its place can be scrolled by the keyboard too, once it takes the focus. */
const reach = () => {
    for (const each of document.querySelectorAll(".sb-card, .sb-scroll")) {
        if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
        else each.removeAttribute("tabindex");
    }
};

document.addEventListener("DOMContentLoaded", reach);
window.addEventListener("resize", reach);
