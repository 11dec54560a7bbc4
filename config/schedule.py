"""The whole timetable of the product on one page. Cron in UTC; a sixth field counts seconds."""

from halkhata.foundation.core.jobs.schedule import Line

TIMETABLE = [
    # every five seconds: warnings, breaches, escalation steps that are due
    Line(name="sweep-promises", cron="* * * * * */5", task="halkhata.engines.work.jobs.sweep_due_promises"),
    # every minute: reopens, silence and other rules that no clock carries
    Line(name="sweep-silence", cron="* * * * *", task="halkhata.engines.work.jobs.sweep_silent_items"),
    # every half minute: escalations that nobody has confirmed in time
    Line(
        name="sweep-unconfirmed",
        cron="* * * * * */30",
        task="halkhata.engines.work.jobs.sweep_unconfirmed_escalations",
    ),
    # every 20 seconds: look into the mailboxes; a person waits for the acknowledgement
    Line(name="fetch-mail", cron="* * * * * */20", task="halkhata.engines.messaging.jobs.fetch_all_mailboxes"),
    # every 15 seconds: mail whose retry time has come, and deliveries whose worker died
    Line(name="send-due-mail", cron="* * * * * */15", task="halkhata.engines.messaging.jobs.send_due_mail"),
    Line(
        name="process-waiting-mail", cron="* * * * * */15", task="halkhata.engines.messaging.jobs.process_waiting_mail"
    ),
    Line(
        name="process-waiting-texts",
        cron="* * * * * */15",
        task="halkhata.engines.messaging.text_jobs.process_waiting_texts",
    ),
    # every minute: has an outgoing mail server that failed come back?
    Line(name="probe-mail", cron="* * * * *", task="halkhata.engines.messaging.jobs.probe_mail_channels"),
    # every ten minutes: who looked at a ticket and is gone
    Line(name="forget-absent", cron="4-59/10 * * * *", task="halkhata.desks.tickets.jobs.forget_absent_people"),
    # every ten minutes: close what was resolved long enough ago
    Line(name="close-resolved", cron="*/10 * * * *", task="halkhata.desks.tickets.jobs.close_resolved_tickets"),
    # every ten minutes: customers who are asked by SMS whether it is still solved
    Line(name="ask-by-text", cron="8-59/10 * * * *", task="halkhata.desks.tickets.jobs.ask_by_text"),
    # every ten minutes: who of the customers that changed looks like another one, for people to look at
    Line(name="search-doubles", cron="6-59/10 * * * *", task="halkhata.records.customers.merging.jobs.search_changed"),
    # every minute: one-time codes that have run out
    Line(name="tidy-texts", cron="* * * * *", task="halkhata.engines.messaging.text_jobs.tidy_texts"),
    # every minute: what SMS gateways answered or reported too early to be written down, and questions that are due
    Line(name="look-after-sms", cron="* * * * *", task="halkhata.engines.sms.jobs.look_after_texts"),
    # every hour: what is left at the SMS gateways
    Line(name="ask-sms-balances", cron="14 * * * *", task="halkhata.engines.sms.jobs.ask_all_balances"),
    # every hour: what the customers' door need not remember, then files that nobody uses
    Line(name="prune-portal", cron="12 * * * *", task="halkhata.doors.portal.jobs.prune_portal"),
    Line(name="drop-unused-files", cron="22 * * * *", task="halkhata.foundation.files.jobs.drop_unused"),
    # every night, 02:20 in Dhaka: sessions that have ended by their age
    Line(name="clear-sessions", cron="20 20 * * *", task="halkhata.foundation.accounts.jobs.clear_expired_sessions"),
    # every ten seconds: webhooks whose retry time has come, and those whose sender died
    Line(name="send-webhooks", cron="* * * * * */10", task="halkhata.oversight.webhooks.jobs.send_due_webhooks"),
    # every half hour: answers kept for repeated requests, counters and unused uploads of the API
    Line(name="prune-api", cron="7,37 * * * *", task="halkhata.doors.api.jobs.prune_api"),
    # every night, 02:50 in Dhaka
    Line(name="prune-webhooks", cron="50 20 * * *", task="halkhata.oversight.webhooks.jobs.prune_webhooks"),
    # every night, 00:20 in Dhaka: whom the days alone moved into or out of a segment
    Line(name="follow-segments", cron="20 18 * * *", task="halkhata.engines.segments.jobs.follow_passing_days"),
    # every ten minutes: is the nightly backup due? Its hour is a setting
    Line(name="keep-backups", cron="*/10 * * * *", task="halkhata.foundation.backups.jobs.keep_backups"),
    # every morning, 08:10 in Dhaka: courses that count no more in a month
    Line(name="warn-training", cron="10 2 * * *", task="halkhata.engines.work.jobs.warn_of_ending_training"),
    # on the second of each month, 03:10 in Dhaka: conversations of the month before, to be scored
    Line(name="draw-conversations", cron="10 21 1 * *", task="halkhata.oversight.quality.jobs.draw_last_month"),
    # every quarter of an hour: news that are due in disputes, days of evidence that end, offers that run out
    Line(
        name="look-after-disputes", cron="9,24,39,54 * * * *", task="halkhata.desks.disputes.jobs.look_after_disputes"
    ),
    # every morning, 07:40 in Dhaka: hearings that come, remedies and actions that are due, holds that end
    Line(
        name="look-after-dispute-days",
        cron="40 1 * * *",
        task="halkhata.desks.disputes.jobs.look_after_dispute_days",
    ),
    # every night, 03:20 in Dhaka: what is past its period of keeping
    Line(name="keep-retention", cron="20 21 * * *", task="halkhata.records.privacy.jobs.keep_retention"),
    # every night, 03:40 in Dhaka: how complete the customer book is, and what could be mended
    Line(name="look-at-customers", cron="40 21 * * *", task="halkhata.records.data_quality.jobs.look_at_customers"),
    # on the second of each month, 04:00 in Dhaka: customers whose records are to be looked through
    Line(name="draw-audit", cron="0 22 1 * *", task="halkhata.records.data_quality.jobs.draw_month"),
    # every minute: imports whose worker and whose job died
    Line(name="resume-imports", cron="* * * * *", task="halkhata.records.imports.jobs.resume_imports"),
    # every night, 02:30 in Dhaka: files of imports and exports that are old enough
    Line(name="prune-imports", cron="30 20 * * *", task="halkhata.records.imports.jobs.prune_imports"),
    # every night, 03:50 in Dhaka: claims and parts that stand out in the lives of units
    Line(name="look-for-fraud", cron="50 21 * * *", task="halkhata.records.warranty.jobs.look_for_fraud"),
    # every night, 04:10 in Dhaka: refused returns whose days of appeal are over; the books of goods compared
    Line(name="close-refusals", cron="10 22 * * *", task="halkhata.desks.returns.jobs.close_refusals"),
    # every morning, 09:40 in Dhaka: old pieces that are awaited after a replacement in advance
    Line(name="watch-advances", cron="40 3 * * *", task="halkhata.desks.returns.jobs.watch_advances"),
    Line(name="compare-ledger", cron="12 22 * * *", task="halkhata.records.stock.jobs.compare_ledger"),
    # every five minutes: promised dates that come near, before they slip
    Line(name="watch-promises", cron="*/5 * * * *", task="halkhata.engines.deliveries.jobs.watch_promises"),
    # every half hour: estimates nobody answered, parts whose day has passed
    Line(name="look-after-jobs", cron="9,39 * * * *", task="halkhata.desks.service.jobs.look_after_jobs"),
    # every hour: claims to companies whose last day comes near
    Line(name="watch-claims", cron="27 * * * *", task="halkhata.desks.claims.jobs.watch_deadlines"),
    # every hour: customers whose unit was handed over the day before are asked how it was
    Line(name="ask-after-service", cron="17 * * * *", task="halkhata.oversight.automation.jobs.ask_after_service"),
    # every morning, 06:10 in Dhaka: units that are new on an open recall, who is to be reminded today
    Line(name="find-recalled", cron="5 0 * * *", task="halkhata.desks.aftercare.jobs.find_recalled_units"),
    Line(name="compute-reminders", cron="10 0 * * *", task="halkhata.desks.aftercare.jobs.compute_reminders"),
    # every twenty minutes: goes on with a computing that died
    Line(name="resume-reminders", cron="13,33,53 * * * *", task="halkhata.desks.aftercare.jobs.resume_reminders"),
    # every ten minutes: texts of reminders and recalls, in the hours of the customers
    Line(name="send-reminders", cron="3-59/10 * * * *", task="halkhata.desks.aftercare.jobs.send_reminder_texts"),
    # every night, 02:40 in Dhaka
    Line(name="prune", cron="40 20 * * *", task="halkhata.foundation.core.jobs.pruning.prune_finished_work"),
    # every 15 seconds: what WhatsApp and Messenger told and is not worked on, files, messages due, senders that died
    Line(name="tend-chat", cron="* * * * * */15", task="halkhata.engines.chat.jobs.tend_chat"),
    # every five minutes: does the token of each chat account still work?
    Line(name="check-chat", cron="3-59/5 * * * *", task="halkhata.engines.chat.jobs.check_accounts"),
    # every hour: which texts Meta has approved
    Line(name="sync-chat-texts", cron="26 * * * *", task="halkhata.engines.chat.jobs.sync_all_templates"),
    # every night, 03:05 in Dhaka: what chat services told long ago
    Line(name="forget-chat", cron="5 21 * * *", task="halkhata.engines.chat.jobs.forget_old_events"),
]
