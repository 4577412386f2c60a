"""What is said to people when something cannot be done: English, by code; the catalogs translate it.

`N_` only marks a string for `make messages`; the page that shows it translates it (`portal.ui.words`).
"""

from collections.abc import Mapping


def N_(text: str) -> str:  # gettext's own name for a marker
    return text


MESSAGES: Mapping[str, str] = {
    # what is not there
    "no-rag": N_("There is no such knowledge base, or you are not a member of it."),
    "no-cycle": N_("There is no cycle {name} in this knowledge base."),
    "no-change": N_("There is no change {name} in this cycle."),
    "no-version": N_("There is no version {name} of this knowledge base."),
    "no-document": N_("There is no document {name} in this knowledge base."),
    "no-user": N_("There is no user {name}."),
    "no-file": N_("{name}: there is no such file or folder."),
    "no-rag-named": N_("There is no knowledge base {name}."),
    "ambiguous-rag": N_("Several knowledge bases are called {name}: give the number, one of {numbers}."),
    "no-admin": N_("There is no administrator yet: ferag user create EMAIL --admin"),
    "no-such": N_("There is no {what} {name}."),
    # what someone may not do
    "beyond-scope": N_("This access token was not made for that: it lacks the scope {scope}."),
    "forbidden": N_("You may not do this here: ask an owner of the knowledge base."),
    "throttled": N_("Too many attempts. Try again in {wait} (minutes:seconds)."),
    "throttled-questions": N_(
        "You have asked as often as is allowed for now. Ask again in {wait} (minutes:seconds)."
    ),
    "throttled-uploads": N_(
        "You have uploaded as often as is allowed for now. Upload again in {wait} (minutes:seconds)."
    ),
    "quota-user": N_(
        "You have used up your language model tokens for today. Ask again in {wait} (minutes:seconds)."
    ),
    "quota-rag": N_(
        "This knowledge base has used up its language model tokens for today. "
        "Ask again in {wait} (minutes:seconds)."
    ),
    "no-model-profile": N_("There is no such model any more."),
    "model-name": N_("Give the model a name of at most 60 characters."),
    "model-name-taken": N_("There is a model called {name} already."),
    "model-model": N_("Say which model it is, as its server calls it."),
    "model-numbers": N_("One of the numbers is too small or too large."),
    "model-address": N_(
        "This is no address of a model: it begins with http:// or https:// and has no password and no "
        "question mark in it."
    ),
    "model-key-bad": N_("This is no key: it is one word of letters, digits and signs."),
    "model-in-use": N_("{name} is in use: choose something else in its place first, then delete it."),
    "model-no-vectors": N_("{name} gives no embeddings, so search cannot use it. Test it to see why."),
    "model-not-offered": N_("The chosen model is not offered any more: choose another for your question."),
    "quota-bad": N_("A quota is a number of tokens, from 0 on."),
    "quota-used": N_("This knowledge base has used up its language model tokens for today."),
    "maintenance": N_("The portal is under maintenance. Nothing is lost; come back later."),
    "no-worker": N_("There is no worker {name} any more."),
    "throttled-logins": N_(
        "Too many attempts to log in from this address. Try again in {wait} (minutes:seconds)."
    ),
    "question-injection": N_(
        "This question gives orders to the language model instead of asking something. Say it differently."
    ),
    "question-banned": N_("The owner of this knowledge base does not allow questions about: {terms}"),
    "banned-many": N_("At most {most} terms, each of at most {longest} characters."),
    "query-approved-only": N_(
        "A query goes to what is approved now, as a whole. Choose another mode to ask a proposal, an older "
        "version or some documents only."
    ),
    # accounts and members
    "bad-address": N_("This address is not complete: open the page from the list on the left."),
    "no-session": N_("This login has ended already."),
    "token-missing": N_("An access token is needed: Authorization: Bearer ferag_…"),
    "token-unknown": N_("There is no such access token."),
    "token-expired": N_("This access token has expired: make a new one."),
    "token-revoked": N_("This access token was revoked."),
    "no-token": N_("There is no access token {name}."),
    "token-name": N_("Give the token a name, so that you know later what uses it."),
    "token-name-long": N_("The name is too long: at most {longest} characters."),
    "token-scopes": N_("Choose what the token may do."),
    "token-days": N_("A token lasts from 1 to {longest} days."),
    "token-many": N_("There are {most} tokens already: revoke one first."),
    "email-bad": N_("This is not an e-mail address."),
    "email-taken": N_("There is an account for {email} already."),
    "password-short": N_("The password is too short: at least {shortest} characters."),
    "password-long": N_("The password is too long: at most {longest} characters."),
    "password-common": N_("This password is too easy to guess: many people use it."),
    "passwords-differ": N_("The two passwords are not the same."),
    "wrong-login": N_("The e-mail address or the password is wrong."),
    "wrong-password": N_("The present password is wrong."),
    "form-expired": N_("This page was open for too long, or cookies are switched off. Please try again."),
    "registration-closed": N_("Only an administrator can create accounts here."),
    "registration-invitation": N_("An account is made here by invitation: ask for a link that holds."),
    "no-password-link": N_("This link does not hold any more. Ask an administrator for a new one."),
    "no-invitation": N_("This invitation does not hold any more. Ask for a new one."),
    "not-your-invitation": N_("This invitation is for somebody else's account."),
    "many-invitations": N_("{most} invitations wait for an answer: withdraw some first."),
    "owner-by-link": N_("An owner is invited by e-mail address, not by a link that anybody can use."),
    "bad-days": N_("An invitation holds from 1 to {longest} days."),
    "no-request": N_("This request has been answered already."),
    "many-requests": N_("You have asked for access {most} times: wait for an answer."),
    "sso-failed": N_("Single sign-on did not work. Try again; if it stays so, ask an administrator."),
    "sso-down": N_("The single sign-on does not answer. Try again in a minute."),
    "sso-no-email": N_("The single sign-on did not tell a confirmed e-mail address."),
    "sso-unconnected": N_("There is an account for {email} already: its password connects it."),
    "no-sso": N_("Single sign-on is not set up here."),
    "no-question": N_("The last message must be the user's question."),
    "only-text": N_("Only text can be asked."),
    "question-empty": N_("Type a question first."),
    "question-long": N_("The question is too long: at most {longest} characters."),
    "answer-first": N_("The last question is still being answered: wait for it, or stop it."),
    "answer-failed": N_("The answer could not be written. Try again in a minute."),
    "no-chat": N_("There is no such conversation, or it is not shared with you."),
    "not-yourself": N_("This cannot be done to your own account: another administrator can."),
    "no-account": N_("There is no account for {email}. Ask this person to register first."),
    "already-member": N_("{email} is a member already."),
    "last-owner": N_("A knowledge base needs an owner: make somebody else an owner first."),
    "rag-name-empty": N_("Give the knowledge base a name."),
    "rag-name-long": N_("The name is too long: at most {longest} characters."),
    "text-long": N_("The text is too long: at most {longest} characters."),
    "name-differs": N_("That is not the name of this knowledge base: {name}"),
    # cycles and versions
    "nothing-to-follow": N_("The documents of cycle {number} have changed since: review the latest one."),
    "not-in-review": N_("Cycle {number} is not in review: it is {state}."),
    "needs-rejected": N_("This needs something that was rejected: {sentence}"),
    "search-too-long": N_("That is too long to be searched for: at most {limit} characters."),
    "index-busy": N_("The search index is being made anew already."),
    "licence": N_("A licence is an address or a few words, at most {longest} characters."),
    "feeds-many": N_("At most {most} feed addresses: revoke one first."),
    "no-feed": N_("There is no such feed address."),
    "not-rdf": N_("{name} is no RDF: neither Turtle, TriG, N-Triples, N-Quads, RDF/XML nor JSON-LD."),
    "exports-moved": N_("Versions are published faster than one can be written. Try again in a moment."),
    "version-moved": N_("The approved version changed meanwhile: cycle {number} is compared with it anew."),
    "own-upload": N_("Cycle {number} is your own: here somebody else has to approve it."),
    "changes-requested": N_(
        "{who} asked for changes in cycle {number}: settle that first, or have it settled."
    ),
    "comment-empty": N_("Write something first."),
    "no-comment": N_("There is no such comment in this knowledge base."),
    "nothing-accepted": N_("Nothing is accepted yet: accept at least one change first."),
    "not-published": N_("Cycle {number} was not published: it is {state}."),
    "worker-died": N_("The work on this step ended five workers in a row. Look at their logs."),
    "step-too-long": N_("This step took longer than an hour and was ended."),
    "bad-correction": N_("This cannot be corrected so."),
    "bad-value": N_("{text} is not a value of this sort."),
    "bad-date": N_("{text} is not a date: type a year, 2024-03 or 2024-03-15."),
    "use-edit": N_("An edit needs its new content."),
    "no-such-version": N_("Version {to} cannot be returned to: the approved version is {current}."),
    "cycle-finished": N_("Cycle {number} cannot be cancelled: it is {state}."),
    "cycle-not-failed": N_("Cycle {number} cannot be run again: it is {state}."),
    "cycle-cancelled": N_("Cancelled."),
    "budget-estimate": N_("Reading this is expected to need more tokens than its budget allows."),
    "budget-used": N_("The budget is used up. What was read is kept."),
    "budget-needed": N_("Cycle {number} is paused: give it a new budget, 0 for no limit."),
    "budget-small": N_("{spent} tokens are spent already: a new budget has to be larger, or 0 for no limit."),
    # corrections
    "no-edit": N_("This correction has been sent or taken back already."),
    "not-an-iri": N_("An IRI is needed here, whole, as in https://example.org/thing."),
    "no-edits": N_("There is no correction to send."),
    "no-fact": N_("This fact is not approved any more."),
    "no-relation": N_("There is no such relation (any more)."),
    "no-kind": N_("There is no such kind of thing (any more)."),
    "no-such-quote": N_("These words do not stand so in {name}: copy them from the document."),
    "edits-many": N_("{most} corrections wait already: send them to review first."),
    "edit-reason": N_("Say in a few words how you know: it stands where others have a quote."),
    "edit-name": N_("Give it a name."),
    "edit-names": N_("At most {most} other names."),
    "edit-value": N_("Type a value."),
    "edit-thing": N_("Choose a thing."),
    "edit-itself": N_("Choose another thing: this is the same one."),
    "edit-split": N_("Choose at least one fact that goes to the new thing."),
    "edit-object-kind": N_("“{relation}” leads to something of another sort: choose that anew, too."),
    "edit-dates": N_("It cannot end ({until}) before it begins ({since})."),
    "edit-circle": N_("{name} cannot be below itself."),
    "edit-other-sort": N_("{name} is a relation of another sort."),
    "edit-there": N_("There is {name} already."),
    "edit-gone": N_("What this is about is not approved any more."),
    "edit-same": N_("It is so already."),
    "edit-large": N_("Too much hangs on it for one correction: take away or move some of its facts first."),
    # uploads
    "web-off": N_("Web pages are not taken in: the administrator has allowed no site."),
    "web-address": N_("This is no address of a web page: it begins with https:// and has no password in it."),
    "web-site": N_("Pages of {host} are not taken in, only those of: {sites}"),
    "web-private": N_("{host} is inside a private network: its pages are not taken in."),
    "web-away": N_("{host} does not answer."),
    "web-slow": N_("{host} has not sent the page within {seconds} seconds."),
    "web-status": N_("{host} has no such page for strangers: it answers {status}."),
    "web-redirects": N_("The address leads on and on without arriving."),
    "nothing-to-upload": N_("No files were given."),
    "nothing-readable": N_("None of the files could be read."),
    "too-large": N_("{name} is larger than {limit} MB, the largest file that may be uploaded."),
    "damaged": N_("{name} is damaged: it cannot be opened."),
    "empty-file": N_("{name} is empty."),
    "not-text": N_("{name} is not a text document that can be read."),
    "already-there": N_("{name} is already here, with the same content."),
    "twice": N_("{name} was given twice, with the same content."),
    "name-too-long": N_("The name {name} is longer than 255 characters."),
    "document-in-cycle": N_(
        "{name} is part of cycle {number}, which is not decided yet: reject what it says there, or the cycle."
    ),
    "document-removed": N_("{name} has been removed already."),
    "all-refused": N_("Nothing was uploaded. {why}"),
    "bad-questions": N_("{name}, line {line}: not a question with an id: {why}"),
    "not-tables": N_("{name} is not an output folder of GraphRAG: {why}"),
    # backups
    "file-exists": N_("{name} is there already: give another name."),
    "paused-already": N_("Another backup is being taken: wait for it to end."),
    "publishing-lasts": N_("A version is being published for very long: try again when it is done."),
    "index-changed": N_("The index was tidied up meanwhile: take the backup again."),
    "published-meanwhile": N_("A version was published meanwhile: take the backup again."),
    "backup-damaged": N_("{name} is no whole backup: {why}"),
    "backup-format": N_("{name} was made by release {release} of Ferag Portal: restore it with that."),
    "backup-other-release": N_(
        "The backup is of release {theirs}, this is {ours}, and their tables differ: restore it with "
        "the release that made it, then upgrade."
    ),
    "backup-other-iri": N_("The backup's IRIs begin with {iri}: set FERAG_BASE_IRI to that."),
    "restored-otherwise": N_("{what} does not give back what was restored: {why}."),
    "target-not-empty": N_("A backup is restored into an empty installation only: {what} is in use."),
    "secrets-missing": N_("{name} is missing: the passwords are in it. --without-secrets restores the rest."),
    "secrets-differ": N_("{name} does not belong to {backup}."),
    # parts
    "store-down": N_("The graph store does not answer. Nothing is lost; try again in a minute."),
    "queue-down": N_("The queue does not answer. What you did is kept, and the work starts when it is back."),
    "database-down": N_("The database does not answer."),
    "files-down": N_("The file store does not answer."),
    "index-down": N_("The search index does not answer."),
    "model-down": N_("The language model does not answer."),
    "worker-down": N_("No worker is running. What you did is kept, and the work starts when there is one."),
    "web-down": N_("The web application does not answer."),
    "part-down": N_("{part} does not answer: {why}"),
    # starting
    "already-up": N_("Ferag Portal is already running on this data ({folder}), process {pid}."),
    "folder-unwritable": N_(
        "The folder {folder} cannot be written to: {why}. Choose another: FERAG_DATA_DIR."
    ),
    "port-taken": N_("Port {port} is in use by another program. Set FERAG_PORT to a free one."),
    "part-failed": N_("{part} did not start. Its last words: {why}"),
    "bad-settings": N_("The settings do not fit: {why}"),
    "database-newer": N_("The database was made by a newer Ferag Portal: install that, or use other data."),
}
