"""Whatever is asked names what is typed to answer it, and that ends the question."""

import re
import shlex
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest

from orchestration.cli.source import add
from orchestration.errors import PortraitError
from orchestration.onboarding.answers import Answers, check_statuses, meant
from orchestration.onboarding.guess import guess
from orchestration.onboarding.sample import sample_files
from orchestration.onboarding.unnamed import with_names
from orchestration.onboarding.vocabulary import Contract
from orchestration.warehouse.questions import Question

HEADER = "order_id,email,order_date,total\n"
GOOD = HEADER + "1,a@post.example,2025-03-01,5.50\n2,b@post.example,2025-03-02,7.25\n"
AMOUNTS = "order_id,email,order_date,subtotal,{},total\n" + "".join(
    f"{at},a@post.example,2025-03-0{at},{{}}\n" for at in range(1, 4)
)
LINES = "order_id,email,order_date,sku,quantity,price\n"
BOUGHT = LINES + "1,a@post.example,2025-03-01,tea,3,10\n2,b@post.example,2025-03-02,mug,1,5\n"
MARKS = "settlement-id,transaction-type,amount-type,amount-description,amount\n1,a,b,c,5.50\n"
RETURNS = "return_date,sku,reason\n2025-03-10,tea,broken\n"


@dataclass(frozen=True)
class Doubt:
    """Files, what is asked of them, and what stands for what the flag leaves open."""

    asks: str
    files: dict[str, str]
    instead: tuple[str, str] = ("", "")


def orders(*rows: str, header: str = HEADER) -> dict[str, str]:
    return {"orders.csv": header + "\n".join(rows) + "\n"}


DOUBTS = {
    "dates": Doubt(
        "(day first) or",
        orders("1,a@post.example,03/04/2025,5.50", "2,b@post.example,05/06/2025,7"),
    ),
    "decimals": Doubt(
        "1250 or 1.25?",
        orders("1,a@post.example,2025-03-04,1.250", "2,b@post.example,2025-03-05,7"),
    ),
    "price": Doubt("price of one or of the line?", {"orders.csv": BOUGHT}),
    "tax": Doubt(
        "do the prices include it?",
        orders(
            "1,a@post.example,2025-03-04,10.50,2.25",
            "2,b@post.example,2025-03-05,5.50,1.25",
            header=HEADER.replace("\n", ",tax_amount\n"),
        ),
    ),
    "sums": Doubt(
        "The amounts add up for",
        {"orders.csv": AMOUNTS.format("shipping", "10,1,99", "20,2,88", "30,3,77")},
    ),
    "rounded": Doubt("rounded by a spreadsheet", orders("4.5E+12,a@post.example,2025-03-04,5.50")),
    "placeholder": Doubt(
        "is it a placeholder?",
        orders(
            *(f"{at},no@post.example,2025-03-04,5.50,Name {at}" for at in range(3)),
            *(f"{at},p{at}@post.example,2025-03-04,5.50,Other {at}" for at in range(4, 8)),
            header=HEADER.replace("\n", ",name\n"),
        ),
    ),
    "status": Doubt(
        "What does the status `Parked, 1` (",
        orders(
            '1,a@post.example,2025-03-04,5.50,"Parked, 1"',
            "2,b@post.example,2025-03-05,7.25,paid",
            header=HEADER.replace("\n", ",status\n"),
        ),
    ),
    "number of a status": Doubt(
        "What does the status `-1` (",
        orders(
            "1,a@post.example,2025-03-04,5.50,-1",
            "2,b@post.example,2025-03-05,7.25,2",
            header=HEADER.replace("\n", ",order_status_id\n"),
        ),
    ),
    "two states": Doubt(
        "which one says whether an order counts?",
        orders(
            "1,a@post.example,2025-03-04,5.50,completed,shipped",
            "2,b@post.example,2025-03-05,7.25,cancelled,returned",
            header=HEADER.replace("\n", ",flow,step\n"),
        ),
    ),
    "part of a refund": Doubt(
        "do these orders count in full?",
        orders(
            "1,a@post.example,2025-03-04,5.50,partially_refunded",
            "2,b@post.example,2025-03-05,7.25,paid",
            header=HEADER.replace("\n", ",status\n"),
        ),
    ),
    "mailbox of a till": Doubt(
        "is it the shop's own mailbox?",
        orders(*(f"{at},kasse@laden.example,2025-03-0{at},5.50" for at in range(1, 5))),
    ),
    "currencies": Doubt(
        "There are 2 currencies",
        orders("1,a@post.example,2025-03-04,€5.50", "2,b@post.example,2025-03-05,$7.25"),
    ),
    "header": Doubt(
        "what are the names of its columns?",
        {"orders.csv": "1,Anna,2025-03-04,5.50,Kiel\n2,Bo,2025-03-05,7.25,Ulm\n"},
    ),
    "customer": Doubt(
        "which column is it",
        {
            **orders("1,Ann,2025-03-04,5.50", header="order_id,who,order_date,total\n"),
            "customers.csv": "customer_id,email,name\n1,a@post.example,Ann\n",
        },
        ("COLUMN", "who"),
    ),
    "unread dates": Doubt(
        "looks like dates (`7 of Mirtul 25`) that cannot be read",
        {
            "orders.csv": "order_id,email,order_date,total,sent\n"
            "1,a@post.example,7 of Mirtul 25,5.50,2025-03-04\n",
            "customers.csv": "customer_id,email,name\n1,a@post.example,Ann\n",
        },
        ("COLUMN", "sent"),
    ),
    "two tables": Doubt("has orders too, and only", {"online.csv": GOOD, "store.csv": GOOD}),
    "other orders": Doubt(
        "do the two belong together?",
        {"web.csv": GOOD, "till.csv": f"{HEADER}9,c@post.example,2025-03-01,5.50\n"},
    ),
    "names": Doubt(
        "which two people may share",
        orders("1,Ann Lee,2025-03-04,5.50", header="order_id,customer,order_date,total\n"),
    ),
    "format": Doubt("take the Order Report", {"orders.csv": GOOD, "settlement.csv": MARKS}),
    "returns": Doubt(
        "looks like returns and is not used", {"o.csv": BOUGHT, "returns.csv": RETURNS}
    ),
}
FIELDS = {field.name for field in fields(Answers)}


def answers(flag: str) -> Answers:
    """What is typed, as the command reads it."""
    context = add.make_context("add", ["shop", *shlex.split(flag)], resilient_parsing=False)
    told = {name: value for name, value in context.params.items() if name in FIELDS}
    told |= {"amounts": meant(told["amounts"]), "statuses": check_statuses(told["statuses"])}
    return Answers(**told)


def asked(path: Path, contract: Contract, said: Answers = Answers()) -> tuple[Question, ...]:  # noqa: B008
    with sample_files(path, (), said) as sample:
        return guess(with_names(replace(sample, answers=said)), contract).questions


@pytest.mark.parametrize("name", DOUBTS)
def test_a_flag_ends_the_question(tmp_path: Path, contract: Contract, name: str) -> None:
    doubt = DOUBTS[name]
    for file, text in doubt.files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    (question,) = [one for one in asked(tmp_path, contract) if doubt.asks in one.text]
    assert question.text.endswith("?")
    flags = [one.rstrip(")") for one in re.split(r" \(or (?=--)", question.flag)]
    for flag in flags:
        left = asked(tmp_path, contract, answers(flag.split(" (or …")[0].replace(*doubt.instead)))
        assert not [one.text for one in left if doubt.asks in one.text]


def test_what_is_said_of_no_column_is_an_error(tmp_path: Path, contract: Contract) -> None:
    (tmp_path / "orders.csv").write_text(GOOD)
    with pytest.raises(PortraitError, match="--columns names buyer, which no table has"):
        asked(tmp_path, contract, Answers(columns=("customer_id=buyer",)))
    with pytest.raises(PortraitError, match="--columns says gibberish, which is nothing") as said:
        asked(tmp_path, contract, Answers(columns=("gibberish=email",)))
    assert "order_id" in said.value.hint
    with pytest.raises(PortraitError, match="--status parked says not"):
        check_statuses(["parked"])


def test_what_is_said_now_outweighs_what_was_said_before() -> None:
    before = Answers(nobody=("a", "b"), leave_out=("x.csv",), columns=("customer_id=who",))
    now = Answers(somebody=("a",), leave_out=("y.csv",), columns=("email=who",)).or_else(before)
    assert (now.nobody, now.somebody) == (("b",), ("a",))
    assert now.leave_out == ("x.csv", "y.csv") and now.columns == ("email=who",)
