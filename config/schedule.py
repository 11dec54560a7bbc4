"""The whole timetable of the product on one page. Cron in UTC; a sixth field counts seconds."""

from halkhata.foundation.core.jobs.schedule import Line

TIMETABLE = [
    # every five seconds: warnings, breaches, escalation steps that are due
    Line(name="sweep-promises", cron="* * * * * */5", task="halkhata.engines.work.jobs.sweep_due_promises"),
    # every minute: reopens, silence and other rules that no clock carries
    Line(name="sweep-silence", cron="* * * * *", task="halkhata.engines.work.jobs.sweep_silent_items"),
    # every 20 seconds: look into the mailboxes; a person waits for the acknowledgement
    Line(name="fetch-mail", cron="* * * * * */20", task="halkhata.engines.messaging.jobs.fetch_all_mailboxes"),
    # every 15 seconds: mail whose retry time has come, and deliveries whose worker died
    Line(name="send-due-mail", cron="* * * * * */15", task="halkhata.engines.messaging.jobs.send_due_mail"),
    Line(
        name="process-waiting-mail", cron="* * * * * */15", task="halkhata.engines.messaging.jobs.process_waiting_mail"
    ),
    # every ten minutes: close what was resolved long enough ago
    Line(name="close-resolved", cron="*/10 * * * *", task="halkhata.desks.tickets.jobs.close_resolved_tickets"),
    # every night, 02:20 in Dhaka: sessions that have ended by their age
    Line(name="clear-sessions", cron="20 20 * * *", task="halkhata.foundation.accounts.jobs.clear_expired_sessions"),
    # every ten seconds: webhooks whose retry time has come, and those whose sender died
    Line(name="send-webhooks", cron="* * * * * */10", task="halkhata.oversight.webhooks.jobs.send_due_webhooks"),
    # every half hour: answers kept for repeated requests, counters and unused uploads of the API
    Line(name="prune-api", cron="7,37 * * * *", task="halkhata.doors.api.jobs.prune_api"),
    # every night, 02:50 in Dhaka
    Line(name="prune-webhooks", cron="50 20 * * *", task="halkhata.oversight.webhooks.jobs.prune_webhooks"),
    # every ten minutes: is the nightly backup due? Its hour is a setting
    Line(name="keep-backups", cron="*/10 * * * *", task="halkhata.foundation.backups.jobs.keep_backups"),
    # every night, 02:40 in Dhaka
    Line(name="prune", cron="40 20 * * *", task="halkhata.foundation.core.jobs.pruning.prune_finished_work"),
]
