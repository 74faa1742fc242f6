"""What is said of each page of the calendar and of the system tools, as in `topics`."""

from django.utils.translation import gettext_lazy as _

TOOL_TOPICS = {
    "calendar": (
        _(
            "What lies ahead by month, week or day: contacts that are due, your own "
            "entries, contracts that begin or end, birthdays, holidays."
        ),
        _("An entry that may be moved is dragged to another day, or given one."),
    ),
    "inbox": (
        _(
            "What colleagues have reported, the oldest first, with likely duplicates "
            "beside it."
        ),
        _("Register it, correct and register it, or return it with a reason."),
    ),
    "user_list": (
        _("Accounts with their department, roles, sessions and passwords."),
        _("Before an account is closed, everything it owns is handed over."),
    ),
    "recyclerule_list": (
        _("After how many days left alone a customer goes into its pool, by level."),
        _("A trial run shows whom, when and why; the last run is undone within a day."),
    ),
    "targetrule_list": (
        _(
            "By which number targets are set: what counts, by which day, and for whom. "
            "Kinds of records say themselves which numbers there are."
        ),
        _(
            "A rule by which targets are set is retired, never deleted, and always "
            "counts the same."
        ),
    ),
    "pipeline_list": (
        _(
            "The stages through which opportunities go, each with its probability and "
            "the days after which who stands there is stuck."
        ),
        _(
            "A stage that was entered is renamed or taken out of use, never deleted: "
            "what stood there keeps its history."
        ),
    ),
    "leadrule_list": (
        _(
            "Who gets which leads: the first rule in use that a lead meets counts. Of "
            "its members the one whose last turn is longest ago gets it; who is absent "
            "today, has not signed in for two working days, or has as many open leads "
            "as may be, is passed over. Where all of them had the lead too long, the "
            "next rule counts."
        ),
        _(
            "Leads go by the rules as they come in without a named owner: entered by "
            "an administrator or a head, imported, registered from the inbox, opened "
            "again. Whoever sells keeps what they enter, and ticks a box where they "
            "would rather not."
        ),
        _(
            "A lead that nobody contacts is taken back after 16 working hours and goes "
            "to somebody else, never to the same person within 30 days. Where the "
            "rules have nobody else, it stays, and its owner and their head are told "
            "once. The clock stands still for nobody, for those who are absent "
            "neither. Where no rule is in use, nothing is taken back."
        ),
        _(
            "A trial run shows who would get what now. A rule that has assigned "
            "something is taken out of use, not deleted. If more than a tenth of the "
            "leads, and more than 50, would be taken back at once, nothing is done and "
            "you are told."
        ),
    ),
    "department_list": (
        _(
            "The tree of departments with their heads; what people see and who "
            "approves follow from it."
        ),
    ),
    "role_list": (
        _(
            "A role is a set of rights, each with a reach: own records, those of "
            "subordinates, of the department, with departments below it, or all."
        ),
    ),
    "deputy_list": (_("Who decides on behalf of whom, and on which days."),),
    "handover_list": (
        _(
            "Everything a leaver owns or is asked for, given to successors in one go, "
            "with a receipt."
        ),
    ),
    "dictionaryitem_list": (
        _(
            "The lists of choices in forms: add, rename, put in order, retire; what is"
            " in use is replaced before it is retired."
        ),
    ),
    "approvalrule_list": (
        _(
            "What needs approval, by whom, and in which steps. A running approval "
            "keeps the rule it began with."
        ),
    ),
    "announcement_list": (
        _("News of the house for everybody, a role or a department, for a period."),
    ),
    "import_list": (
        _(
            "Lists from files: look at what was read, match the columns, try, run, "
            "correct what was refused."
        ),
        _("A whole import can be undone as long as its rows are untouched."),
    ),
    "duplicate_list": (
        _(
            "Records that may be the same, with the reasons. Merge them, choosing "
            "field by field, or say that they are not."
        ),
        _("A merge can be undone within 30 days."),
    ),
    "job_list": (
        _(
            "What runs in the background: imports, comparisons, backups, reminders; "
            "with progress, failures and times."
        ),
    ),
    "backup_list": (
        _(
            "Backups of the database and all files, each proved by restoring it into a"
            " database of its own."
        ),
    ),
    "papertemplate_list": (
        _(
            "The company at the head of papers: name, address, tax number, bank, logo;"
            " and the templates by which contracts, customers, competitors and lists"
            " become PDF."
        ),
        _(
            "A template is tried out with an example before it is kept; the one that"
            " came along can be put back."
        ),
    ),
    "statistics": (
        _(
            "Charts of customers, interactions, contracts, encounters and news; choose"
            " the period, and whose rows are counted if you see those of others."
        ),
        _(
            "Each number of a chart opens the list of exactly its rows; each chart is"
            " a table, too, and a file."
        ),
    ),
    "log": (
        _(
            "Who did what and when, with old and new values. Nothing in it can be "
            "changed."
        ),
    ),
    "signins": (_("Who signed in or could not, when and from where."),),
    "seal_list": (
        _(
            "Daily seals over the history that show whether anything was changed "
            "behind its back."
        ),
    ),
    "recycle_bin": (
        _("What was deleted, to be restored together with what belongs to it."),
    ),
}
