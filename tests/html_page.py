"""What is in a page of HTML, for tests."""

from html.parser import HTMLParser

from flowdln.reproduction.pages import rendered_pages

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """What is in a page: its elements, its text, and the faults of its nesting."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words, self.faults = [], [], [], []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another")

    def handle_data(self, data):
        self.words.append(data)

    def values(self, attribute):
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def write_pages(folder, *content, **options):
    """Path of the gallery, written with the other pages into ``folder``."""
    for name, text in rendered_pages(folder, *content, **options).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "index.html"
