"""What is said of each page of the menu, by the name of its address."""

from django.utils.translation import gettext_lazy as _

from system.help.tool_topics import TOOL_TOPICS

PART_TOPICS = {
    "home": (
        _(
            "What waits for you today: contacts that are due, reports that came back, "
            "approvals, figures that open their lists."
        ),
        _(
            "Ctrl+K goes anywhere: type a part of a page's name, of a record's name or"
            " its pinyin initials."
        ),
    ),
    "customer_list": (
        _(
            "Everything the company knows about its customers; you see those your "
            "roles let you see."
        ),
        _(
            "Any part of the name finds one, pinyin or its initials, a telephone "
            "number, an address or a contact."
        ),
        _(
            "“Check” above the list says whether the company has a customer already "
            "and whose it is, by name, whole telephone or whole credit code."
        ),
        _(
            "A new customer is reported and waits in the registration inbox until it "
            "is in the books; you can go on working on it meanwhile."
        ),
        _(
            "The key f writes a follow-up from the list or the customer's page: what "
            "was said, and when to be in touch next."
        ),
    ),
    "contact_list": (
        _(
            "The address book across all customers: position, decision role, "
            "telephone, birthday."
        ),
        _(
            "A signature or a business card pasted into the box of the form is split "
            "into its fields."
        ),
    ),
    "counterpart_list": (
        _(
            "Who of us looks after what at a customer, with whom they speak and how "
            "often; what is due first stands first."
        ),
        _(
            "An interaction in the books that the person had, or that was with the "
            "contact, begins the next span of days. The appraisal tells how many of "
            "these spans had one."
        ),
    ),
    "dealregistration_list": (
        _(
            "Who works on which customer for what: approved by somebody else, it "
            "protects them for 90 days, twice 30 days longer where something new "
            "was done."
        ),
        _(
            "Two who register the same, or one who registers another's customer, "
            "collide: the lowest head of both rules, once more on an appeal."
        ),
    ),
    "pool_list": (
        _("Customers on whom nobody works: members claim, administrators assign them."),
        _("Whoever cannot go on with one releases it on its page, with a reason."),
    ),
    "lead_list": (
        _(
            "Who asked for something and is no customer yet: assigned to whoever works "
            "on it, then contacted."
        ),
        _(
            "One that turns out to be something becomes a customer, with a contact and "
            "an opportunity if need be; the first contact and the files move along. "
            "What there is already stands beside the form."
        ),
        _(
            "“Waits too long” finds what is unassigned for 8 working hours, not "
            "contacted for 4, or without an action for 30 days."
        ),
    ),
    "opportunity_list": (
        _(
            "What customers may buy: how much, when, in which stage of the pipeline, "
            "and what comes next."
        ),
        _(
            "It goes through the stages by Advance and Put back, or on the board by "
            "dragging; each stay is kept with its days."
        ),
        _(
            "Lost and void ones name a reason, won ones the contract. One closed in "
            "the last 30 days is opened again by whoever may change it, later by "
            "whoever has the right to."
        ),
        _(
            "Lost to a rival, it names who won: the encounters over it end with it. "
            "“Needs somebody” finds what is stuck, late or without an action for 30 "
            "days."
        ),
    ),
    "quotation_list": (
        _(
            "What customers are offered, for how much and until when. Handed in, one "
            "that keeps near its price lists may be sent at once; a larger discount, "
            "or a price below the lowest one, is approved first."
        ),
        _(
            "What was approved never changes: a new version takes its place once it "
            "is approved, too, and begins with the prices of today."
        ),
        _(
            "Accepted, it becomes the draft of a contract with the same lines, prices "
            "and cents; declined, it says why. Whatever nobody answers ends by itself "
            "the day after it held."
        ),
    ),
    "workplan_list": (
        _(
            "What you mean to do in a week or a month: line by line, for which "
            "customer and until when. Tick off what is done; what is left open goes "
            "into the next plan by Carry on."
        ),
        _(
            "Who is above you reads it and comments. A plan that was over for more "
            "than 31 days, or ended, is not written any more."
        ),
    ),
    "dayreport_list": (
        _(
            "What you did, what is in the way, what comes next. The numbers of the day "
            "are there already, and are kept with the report: nobody types them."
        ),
        _(
            "It is due at 20:00; who has not handed in is reminded then, and the head "
            "learns of it the next working day. Once somebody above has read it, it "
            "stays as it is."
        ),
    ),
    "dayreport_team": (
        _(
            "How the day reports of everybody below you stand: handed in, late, "
            "missing or away. Open one to read it and to comment."
        ),
    ),
    "target_list": (
        _(
            "What a person, a department or the company is to reach in a year, month "
            "by month. What was reached is reckoned from the books; each number leads "
            "to exactly its rows."
        ),
        _(
            "Somebody above locks a target, never whose it is. From then on it changes "
            "only by a request with a reason that somebody else grants; all of them "
            "are kept."
        ),
        _(
            "The pace counts working days. A department has what its people did while "
            "they were in it: nobody takes it along."
        ),
    ),
    "interaction_list": (
        _("Every call, visit and message with a customer, and what came of it."),
        _(
            "A customer's last contact is its latest interaction in the books; its "
            "next contact is the earliest promise that is still open."
        ),
    ),
    "contract_list": (
        _(
            "A contract is written as a draft, submitted, approved where a rule asks "
            "for it, and then in performance until it is completed or terminated."
        ),
        _(
            "A change to a contract in force is written beside it; until it is "
            "approved, what holds does not move."
        ),
        _("Nobody approves a contract of their own."),
    ),
    "product_list": (
        _(
            "What the company sells, with unit and price; the lines of contracts take "
            "their prices from here."
        ),
    ),
    "approval_list": (
        _("What waits for your decision, and by which rule it was asked for."),
        _("Approve, or reject with a reason; whoever submitted it is told at once."),
    ),
    "pricelist_list": (
        _(
            "What products cost all customers, a group of them or some by name, from "
            "when on and from how many on."
        ),
        _(
            "A list that names the customer goes before one for its group, that before "
            "one for all; then the higher priority, then the later start. Two with the "
            "same right to say a price are refused."
        ),
        _(
            "A contract line without a price takes the listed one. Below the lowest "
            "price nothing is sold; fixed prices are neither changed nor discounted."
        ),
    ),
    "receipt_list": (
        _(
            "Money that came in from customers: whoever sells enters it, finance "
            "confirms it; nobody confirms their own."
        ),
        _(
            "A confirmed receipt pays for instalments of the customer's contracts in "
            "force and completed ones; what is left is its prepayment. A reversed "
            "transfer is a refund of the first receipt."
        ),
    ),
    "invoice_list": (
        _(
            "What is to be invoiced of contracts in force and completed ones: whoever "
            "sells asks for it, finance issues it; nobody issues their own."
        ),
        _(
            "Issued and asked for, invoices never come to more than their contract. "
            "One is voided in the month of its issue; later a red invoice takes it "
            "back, as a whole or in part."
        ),
    ),
    "receivable_list": (
        _(
            "What customers owe by the payment plans of contracts in force and "
            "completed ones, by how many days it is overdue and whose it is."
        ),
        _("Every amount opens its instalments, what has been due longest first."),
    ),
    "creditassessment_list": (
        _(
            "How far customers are trusted to pay: a grade and a limit that somebody "
            "proposes and somebody else confirms. How they paid in two years suggests "
            "both, and is kept with the proposal."
        ),
        _(
            "Confirmed, it sets the customer's grade and limit and never changes: "
            "assess anew. Its owner is told 30 and 7 days before it ends."
        ),
        _(
            "The credit of a customer shows its exposure – what is unpaid of all its "
            "contracts, and what waits to be approved – beside the limit, and what is "
            "overdue. Whoever hands in a contract beyond the limit is told, and a rule "
            "says who approves it; more than 90 days overdue, nothing more is handed "
            "in."
        ),
    ),
    "competitor_list": (
        _(
            "Whom the company meets in the market: strengths, weaknesses, and how to "
            "answer them."
        ),
    ),
    "encounter_list": (_("Where a competitor was met at a customer, and who won."),),
    "newsitem_list": (
        _(
            "What happens in the trade, with the customers, competitors and products "
            "it concerns."
        ),
        _(
            "What other sites told, by RSS or Atom, waits until somebody takes it: one "
            "click makes it a piece of news of theirs. After 60 days it is gone."
        ),
    ),
    "newssource_list": (
        _(
            "The sites whose feeds are read every hour, when each was read and what "
            "was in the way."
        ),
        _(
            "Only hosts are asked that the administrator of the server has named in "
            "the setting CRM_FEED_HOSTS, never addresses inside a network."
        ),
    ),
}
#: In the order of the menu.
TOPICS = PART_TOPICS | TOOL_TOPICS
