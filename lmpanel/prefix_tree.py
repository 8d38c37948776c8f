"""Everything explored so far: a tree of token prefixes, with the score measured at each token.

Two documents that begin alike share their path, so nothing is measured twice and nothing that
was explored is lost. Knows nothing about engines, text or drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lmpanel.scoring import TokenScore


class Node:
    """A token after its prefix (the parents). `score` is None while nobody has measured it."""

    __slots__ = ("children", "depth", "parent", "score", "token")

    def __init__(self, token: int | None, parent: Node | None):
        self.token = token
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.children: dict[int, Node] = {}
        self.score: TokenScore | None = None

    def ids(self) -> list[int]:
        """The prefix that ends with this token."""
        ids: list[int] = []
        node: Node = self
        while node.parent is not None and node.token is not None:
            ids.append(node.token)
            node = node.parent
        return ids[::-1]


class PrefixTree:
    """A tree of prefixes; the root is the empty document.

    >>> tree = PrefixTree()
    >>> tree.record([5, 6], 1, TokenScore(-1.0, 2, 3.0))
    >>> tree.known([5, 6, 7])
    [None, TokenScore(logprob=-1.0, rank=2, entropy_bits=3.0), None]
    >>> len(tree)
    2
    """

    def __init__(self) -> None:
        self.root = Node(None, None)
        self._size = 0

    def __len__(self) -> int:
        """Number of tokens in the tree, the root not counted."""
        return self._size

    def path(self, ids: Sequence[int]) -> list[Node]:
        """The node of every token of `ids`; those not there yet are made."""
        node, nodes = self.root, []
        for token in ids:
            child = node.children.get(token)
            if child is None:
                child = node.children[token] = Node(token, node)
                self._size += 1
            nodes.append(child)
            node = child
        return nodes

    def find(self, ids: Sequence[int]) -> Node | None:
        """The node where `ids` ends, None when nobody has been there."""
        node = self.root
        for token in ids:
            child = node.children.get(token)
            if child is None:
                return None
            node = child
        return node

    def known(self, ids: Sequence[int]) -> list[TokenScore | None]:
        """What was measured along `ids`, None where nothing was; makes no nodes."""
        scores: list[TokenScore | None] = []
        node: Node | None = self.root
        for token in ids:
            node = node.children.get(token) if node is not None else None
            scores.append(node.score if node is not None else None)
        return scores

    def record(self, ids: Sequence[int], position: int, score: TokenScore) -> None:
        """Keep the score of the token at `position` of `ids`."""
        self.record_all(ids, position, [score])

    def record_all(self, ids: Sequence[int], start: int, scores: Sequence[TokenScore]) -> None:
        """Keep the scores of the tokens from `start` on."""
        nodes = self.path(ids[: start + len(scores)])
        for node, score in zip(nodes[start:], scores, strict=True):
            node.score = score

    def nodes(self) -> Iterator[Node]:
        """Every node but the root, parents first."""
        waiting = list(self.root.children.values())
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children.values())

    def retain(self, sequences: Iterable[Sequence[int]]) -> None:
        """Forget everything but what is known along these sequences."""
        kept: set[Node] = set()
        for ids in sequences:
            node: Node | None = self.root
            for token in ids:
                node = node.children.get(token)
                if node is None:
                    break
                kept.add(node)
        for node in (self.root, *kept):
            node.children = {t: child for t, child in node.children.items() if child in kept}
        self._size = len(kept)

    def clear(self) -> None:
        """Forget everything."""
        self.root = Node(None, None)
        self._size = 0
