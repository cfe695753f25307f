/* data-listen="live" or "test": the element hears what becomes of the tenant's deliveries in that
   mode: a `signalbus:delivery` with the event's data as its detail, and `signalbus:reset` where some
   may have been missed, so that what is shown is to be read anew. Nothing is heard by a hidden page;
   it goes on where it was once it is seen again. */
"use strict";

const AGAIN = 3000; /* milliseconds until a refused or lost stream is asked for anew */

class Listening {
    constructor(element) {
        this.element = element;
        this.last = null;
        this.source = null;
        this.waiting = null;
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
        this.waiting = setTimeout(() => this.begin(), AGAIN);
    }

    /* Nothing where it cannot be had now, and null where it never can. */
    async address() {
        try {
            const asked = {redirect: "error", cache: "no-store"};
            const answer = await fetch(`/admin/live/?mode=${this.element.dataset.listen}`, asked);
            return answer.ok ? (await answer.json()).url : answer.status === 403 ? null : undefined;
        } catch {
            return undefined;
        }
    }

    open(url) {
        const since = this.last === null ? "" : `&last_event_id=${this.last}`;
        this.source = new EventSource(url + since);
        this.source.addEventListener("delivery", (event) => {
            this.last = event.lastEventId;
            this.tell("delivery", JSON.parse(event.data));
        });
        this.source.addEventListener("reset", (event) => {
            this.last = event.lastEventId;
            this.tell("reset");
        });
        this.source.addEventListener("error", () => {
            if (this.source?.readyState === EventSource.CLOSED) this.later();
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
