/* data-listen="live" or "test": the element hears what becomes of the tenant's deliveries in that
   mode: a `signalbus:delivery` with the event's data as its detail, and `signalbus:reset` where some
   may have been missed, so that what is shown is to be read anew. With data-of, the id of a
   notification, it hears of that one alone. Nothing is heard by a hidden page; it goes on where it
   was once it is seen again. */
"use strict";

/* Milliseconds until a refused or lost stream is asked for anew: twice as many each time, for a
   browser writes each failure down; and how long one has to last until that begins from the start. */
const AGAIN = 3000;
const AGAIN_AT_MOST = 5 * 60 * 1000;
const LASTING = 10 * 1000;

class Listening {
    constructor(element) {
        this.element = element;
        this.last = null;
        this.source = null;
        this.waiting = null;
        this.failures = 0;
        document.addEventListener("visibilitychange", () => this.begin());
        this.begin();
    }

    /* Also ends what there is: a stream lasts no longer than its ticket, and is opened with another. */
    async begin() {
        this.end();
        if (document.hidden) return;
        const isNewest = (this.asked = Symbol("asked"));
        const url = await this.address();
        if (this.asked !== isNewest || document.hidden || url === null) return;
        if (!url) this.later();
        else this.open(url);
    }

    end() {
        clearTimeout(this.waiting);
        this.source?.close();
        this.source = null;
    }

    later() {
        this.end();
        const pause = Math.min(AGAIN * 2 ** this.failures++, AGAIN_AT_MOST);
        this.waiting = setTimeout(() => this.begin(), pause * (0.5 + Math.random() / 2));
    }

    /* Nothing where it cannot be had now; null where it never can, as after the log-out, when the
       server sends to another page. */
    async address() {
        try {
            const asked = {redirect: "manual", cache: "no-store"};
            const answer = await fetch(`/admin/live/?mode=${this.element.dataset.listen}`, asked);
            if (answer.ok) return (await answer.json()).url;
            return answer.type === "opaqueredirect" || answer.status === 403 ? null : undefined;
        } catch {
            return undefined;
        }
    }

    open(url) {
        const of = this.element.dataset.of ? `&notification=${this.element.dataset.of}` : "";
        const since = this.last === null ? "" : `&last_event_id=${this.last}`;
        const opened = Date.now();
        this.source = new EventSource(url + of + since);
        this.source.addEventListener("delivery", (event) => {
            this.last = event.lastEventId;
            this.tell("delivery", JSON.parse(event.data));
        });
        this.source.addEventListener("reset", (event) => {
            this.last = event.lastEventId;
            this.tell("reset");
        });
        /* By itself it would come back each second or two, with a ticket that may be over. */
        this.source.addEventListener("error", () => {
            if (Date.now() - opened > LASTING) this.failures = 0;
            this.later();
        });
        if (this.last === null && this.wasOpen) this.tell("reset");
        this.wasOpen = true;
    }

    tell(name, detail = null) {
        this.element.dispatchEvent(new CustomEvent(`signalbus:${name}`, {detail, bubbles: true}));
    }
}

document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[data-listen]")) new Listening(element);
});
