"""The steps of the tour: what is said of a page to whoever works there."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Step(NamedTuple):
    """A page, what is said of it there, and what of it is pointed at (CSS).

    `keys` is said besides where there is a keyboard.
    """

    page: str
    words: str
    mark: str
    keys: str = ""


class Part(NamedTuple):
    """What belongs to a work: to who has a right, and not the one that goes above."""

    right: str | None
    above: str | None
    steps: tuple[Step, ...]


SEARCH, TABLE, TO_BEGIN = "#main [name=q]", "#main table", "#main .page-actions .btn"
PARTS = (
    Part(
        "crm.add_user",
        "customers.view_customer",
        (
            Step(
                "home",
                _(
                    "Your day begins here: who may sign in, who could not, and what "
                    "was refused. Each number opens the list behind it."
                ),
                "#main .desk",
            ),
        ),
    ),
    Part(
        "contracts.confirm_receipt",
        "customers.add_customer",
        (
            Step(
                "home",
                _(
                    "Your day begins here: what the house announces, and what you "
                    "starred or opened last. Receipts and invoices that wait for you "
                    "are counted in the menu."
                ),
                "#main .desk",
            ),
        ),
    ),
    Part(
        None,
        None,
        (
            Step(
                "home",
                _(
                    "Your day begins here: what is due, what came back, what waits for "
                    "you. Each number opens the list behind it."
                ),
                "#main .desk",
            ),
        ),
    ),
    Part(
        "contracts.submit_contract",
        "customers.register_customer",
        (
            Step(
                "customer_list",
                _(
                    "Type any part of a name, its pinyin initials or a telephone "
                    "number. “Follow up” in a row writes down a talk, and when the "
                    "next is due, without leaving the list."
                ),
                SEARCH,
            ),
            Step(
                "lead_list",
                _(
                    "Whoever asked for something stands here until you have talked to "
                    "them. What turns out to be something becomes a customer with its "
                    "contact and opportunity, in one form."
                ),
                TO_BEGIN,
            ),
            Step(
                "opportunity_list",
                _(
                    "What customers may buy, by stage. On the board you drag a deal "
                    "on; “needs somebody” finds those that are stuck."
                ),
                TO_BEGIN,
            ),
            Step(
                "quotation_list",
                _(
                    "What you offer: the form knows the price lists and says who has "
                    "to approve the discount. What is accepted becomes a contract."
                ),
                TO_BEGIN,
            ),
            Step(
                "dayreport_list",
                _("Three texts beside the numbers of the day; your head reads them."),
                TO_BEGIN,
            ),
            Step(
                "contract_list",
                _(
                    "A contract is a draft until you submit it. Who will have to "
                    "approve it, and why, stands in the form before you save."
                ),
                TO_BEGIN,
            ),
        ),
    ),
    Part(
        "competitors.add_competitor",
        "customers.register_customer",
        (
            Step(
                "newsitem_list",
                _(
                    "Report what happens in the trade; whom it concerns is proposed "
                    "from what you wrote."
                ),
                TO_BEGIN,
            ),
            Step(
                "competitor_list",
                _(
                    "Each rival has a battle card: strengths, weaknesses, answers, "
                    "and where we won or lost."
                ),
                TABLE,
            ),
            Step(
                "encounter_list",
                _("Where a rival was met at a customer, and who won in the end."),
                TO_BEGIN,
            ),
            Step(
                "interaction_list",
                _(
                    "What was said with customers. What you report waits for the "
                    "information administrator; what comes back is in the menu."
                ),
                TO_BEGIN,
            ),
        ),
    ),
    Part(
        "customers.register_customer",
        None,
        (
            Step(
                "inbox",
                _(
                    "What colleagues report waits here, the oldest first. Register "
                    "it, correct it or return it with a reason: the next one opens by "
                    "itself."
                ),
                TABLE,
            ),
            Step(
                "duplicate_list",
                _(
                    "Records that may be the same. A merge chooses field by field and "
                    "can be undone for 30 days."
                ),
                TABLE,
            ),
            Step(
                "feedentry_list",
                _("What other sites told: one click makes it a piece of news of ours."),
                "#results",
            ),
        ),
    ),
    Part(
        "contracts.approve_contract",
        None,
        (
            Step(
                "approval_list",
                _("What waits for your decision, with the contract itself beside it."),
                "#desk",
                keys=_("The keys j and k go on, a approves, r rejects."),
            ),
            Step(
                "statistics",
                _(
                    "How your people are doing. Every bar opens exactly the rows it "
                    "counts."
                ),
                "#main .charts",
            ),
        ),
    ),
    Part(
        "contracts.confirm_receipt",
        None,
        (
            Step(
                "receipt_list",
                _(
                    "Money that came in, as whoever sells entered it. You confirm it "
                    "and say what it pays for; nobody confirms their own."
                ),
                TABLE,
            ),
            Step(
                "invoice_list",
                _(
                    "What whoever sells asks to have invoiced. You issue it, or say "
                    "why not; nobody issues what they asked for."
                ),
                TABLE,
            ),
            Step(
                "receivable_list",
                _(
                    "What customers owe, by whose it is and how long it is overdue. "
                    "Each amount opens its instalments."
                ),
                TABLE,
            ),
        ),
    ),
    Part(
        "crm.add_user",
        None,
        (
            Step(
                "user_list",
                _(
                    "Everybody has an account with department and roles. Before one is "
                    "closed, what it owns is handed over."
                ),
                TO_BEGIN,
            ),
            Step(
                "role_list",
                _("What each role may do, and over whose records."),
                TABLE,
            ),
            Step(
                "dictionaryitem_list",
                _("The choices of forms: add, rename, put in order, retire."),
                TABLE,
            ),
            Step(
                "backup_list",
                _(
                    "Every backup is proved by bringing it back beside the running "
                    "system. Copy them to another machine."
                ),
                TABLE,
            ),
            Step(
                "log",
                _("Who did what and when; nobody can change it."),
                TABLE,
            ),
        ),
    ),
    Part(
        "sales.add_pipeline",
        None,
        (
            Step(
                "opportunity_list",
                _("Everybody's deals by stage, and which of them need somebody."),
                TO_BEGIN,
            ),
            Step(
                "statistics",
                _("What is won and lost, by whom and against whom, with its rows."),
                "#main .charts",
            ),
            Step(
                "pipeline_list",
                _(
                    "The stages that deals go through, their probability and after how "
                    "many days one is stuck."
                ),
                TABLE,
            ),
        ),
    ),
    Part(
        None,
        None,
        (
            Step(
                "notice_settings",
                _(
                    "Choose what you are told, and how. Help explains every page. That "
                    "was the tour."
                ),
                "#main form",
                keys=_("Ctrl+K goes anywhere, ? shows the keys."),
            ),
        ),
    ),
)
