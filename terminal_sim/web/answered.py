"""The last answers that named clients got, so that an input which is sent again after a lost connection is not done again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from terminal_sim.web.problem import ApiProblem, ProblemKind

_CLIENTS = 64
_ANSWERS = 200


class ClientAnswers:
    """The answers of one client by the number that it gave each input. Used on the bench's thread alone, where one input is done after the other."""

    def __init__(self) -> None:
        self._answers: OrderedDict[int, tuple[str, bytes]] = OrderedDict()

    def once(self, number: int, asked: str, do: Callable[[], bytes]) -> bytes:
        """The answer of `do`, which is done where this number was not answered yet. Raises `ApiProblem` where it was another input."""
        if number in self._answers:
            before, answer = self._answers[number]
            if before != asked:
                raise ApiProblem(
                    ProblemKind.REFUSED, f"seq {number} was another input: count on", field="seq"
                )
            return answer
        answer = do()
        self._answers[number] = asked, answer
        while len(self._answers) > _ANSWERS:
            self._answers.popitem(last=False)
        return answer


class Answered:
    """The answers of the clients that came last, by their names."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, ClientAnswers] = OrderedDict()

    def of(self, client: str) -> ClientAnswers:
        """Those of this client."""
        answers = self._clients.setdefault(client, ClientAnswers())
        self._clients.move_to_end(client)
        while len(self._clients) > _CLIENTS:
            self._clients.popitem(last=False)
        return answers
