"""What is remembered under a stamp."""

from halkhata.engines.work.selectors.remembered import KEPT, RememberedByStamp


class Book:
    """A stamp that may change while somebody reads."""

    def __init__(self):
        self.stamp, self.read_times, self.changes_to = "a", 0, None

    def read(self):
        self.read_times += 1
        if self.changes_to:
            self.stamp, self.changes_to = self.changes_to, None
        return [self.read_times]

    def look(self):
        return self.stamp


def test_same_stamp_gives_the_same_value_without_reading_again():
    book = Book()
    remembered = RememberedByStamp(book.read, book.look)
    assert remembered.get("a") is remembered.get("a")
    assert book.read_times == 1


def test_without_a_stamp_everything_is_read_anew():
    book = Book()
    remembered = RememberedByStamp(book.read, book.look)
    assert (remembered.get(None), remembered.get(None)) == ([1], [2])


def test_value_read_while_the_stamp_changed_is_used_once():
    book = Book()
    book.changes_to = "b"
    remembered = RememberedByStamp(book.read, book.look)
    assert remembered.get("a") == [1]
    assert remembered.get("b") == [2]
    book.stamp = "a"
    assert remembered.get("a") == [3]


def test_the_stamp_asked_for_longest_ago_is_forgotten_first():
    book = Book()
    remembered = RememberedByStamp(book.read, book.look)
    for stamp in "abcd":
        book.stamp = stamp
        remembered.get(stamp)
    assert len("abcd") == KEPT
    book.stamp = "a"
    remembered.get("a")
    book.stamp = "e"
    remembered.get("e")
    assert remembered.get("a") == [1]
    book.stamp = "b"
    assert remembered.get("b") == [6]
