"""The two bodies of an e-mail: each made from the other where only one was written."""

import re
from html import escape
from html.parser import HTMLParser

from css_inline import CSSInliner

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
SECTIONS = {"address", "article", "blockquote", "div", "footer", "header", "main", "section"}
BLOCKS = HEADINGS | SECTIONS | {"form", "li", "ol", "p", "pre", "table", "tr", "ul"}
UNSEEN = frozenset({"head", "script", "style", "title"})
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"></head>'
    '<body style="font-family:sans-serif;line-height:1.5">{}</body></html>'
)
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
INLINER = CSSInliner(load_remote_stylesheets=False)


def html_from_text(text: str) -> str:
    """An HTML page with the text's paragraphs and line breaks, its addresses made into links."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return PAGE.format("".join(f"<p>{_linked(escape(each))}</p>" for each in paragraphs))


def _linked(escaped: str) -> str:
    linked = LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escaped)
    return linked.replace("\n", "<br>\n")


def text_from_html(html: str) -> str:
    """The words of a page, a line per block, links with their address behind them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip() for line in reader.text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def inline_styles(html: str) -> str:
    """The page with its style sheets written into the elements, for mail programs that need it."""
    return INLINER.inline(html) if "<style" in html else html


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen = 0
        self._links: list[str] = []

    def text(self) -> str:
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")
        if tag == "br":
            self._parts.append("\n")
        if tag == "li":
            self._parts.append("\n- ")
        elif tag in BLOCKS:
            self._parts.append("\n\n" if tag != "tr" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag == "a" and self._links:
            self._close_link(self._links.pop())
        if tag in BLOCKS and tag != "li":
            self._parts.append("\n")
        if tag == "td":
            self._parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(data.replace("\n", " "))

    def _close_link(self, href: str) -> None:
        said = self._parts[-1].strip() if self._parts else ""
        if href.startswith(("http://", "https://")) and said != href:
            self._parts.append(f" ({href})")
