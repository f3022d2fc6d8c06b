"""Pages of people and access (namespace `accounts`): colleagues below /people/, one's own pages below /me/."""

from django.urls import path

from accounts.training_urls import training_urls
from accounts.views import audit, calendars, directory, exports, mail_stop, notifications, own, people, rotas

app_name = "accounts"

people_urls = [
    path("people/", people.people_list, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<uuid:public_id>/", people.invitation_change, name="invitation_change"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("people/<uuid:public_id>/roles/", people.person_roles, name="person_roles"),
    path("people/<uuid:public_id>/team/", people.person_team, name="person_team"),
    path("people/<uuid:public_id>/active/", people.person_active, name="person_active"),
    path("people/<uuid:public_id>/sign-out/", people.person_sign_out, name="person_sign_out"),
    path("people/<uuid:public_id>/second-factor/", people.person_factor_reset, name="person_factor_reset"),
]

own_urls = [
    path("me/", own.profile, name="profile"),
    path("me/tokens/", own.token_list, name="tokens"),
    path("me/tokens/<uuid:public_id>/revoke/", own.token_revoke, name="token_revoke"),
    path("me/exports/", exports.export_list, name="exports"),
    path("me/exports/new/", exports.export_want, name="export_want"),
    path("me/exports/<uuid:public_id>/file/", exports.export_file, name="export_file"),
    path("me/exports/<uuid:public_id>/cancel/", exports.export_cancel, name="export_cancel"),
    path("me/exports/<uuid:public_id>/delete/", exports.export_delete, name="export_delete"),
    path("no-role/", own.no_role, name="no_role"),
    path("welcome/<str:token>/", own.invitation, name="invitation"),
]

notification_urls = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path("notifications/undo/<int:stamp>/", notifications.notifications_undo, name="notifications_undo"),
    path("notifications/preferences/", notifications.notification_preferences, name="notification_preferences"),
    path("notifications/<uuid:public_id>/", notifications.notification, name="notification"),
    path("notifications/<uuid:public_id>/read/", notifications.notification_read, name="notification_read"),
    path("notifications/<uuid:public_id>/unread/", notifications.notification_unread, name="notification_unread"),
]

mail_urls = [
    # Below /hooks/, as what other tools call: here mail programs
    path("hooks/mail/<str:token>/stop/", mail_stop.mail_stop, name="mail_stop"),
]

house_urls = [
    path("people/audit/", audit.audit, name="audit"),
    path("people/audit/export/", audit.audit_csv, name="audit_export"),
    path("people/audit/<uuid:public_id>/", audit.audit_target, name="audit_target"),
    path("people/directory/", directory.team_directory, name="directory"),
]

calendar_urls = [
    path("calendars/", calendars.calendar_list, name="calendars"),
    path("calendars/new/", calendars.calendar_new, name="calendar_new"),
    path("calendars/<uuid:public_id>/", calendars.calendar_page, name="calendar"),
    path("calendars/<uuid:public_id>/hours/", calendars.calendar_version_new, name="calendar_version_new"),
]

rota_urls = [
    path("people/away/", rotas.absence_list, name="absences"),
    path("people/away/<uuid:public_id>/cancel/", rotas.absence_cancel, name="absence_cancel"),
    path("people/on-call/", rotas.on_call_list, name="on_call"),
    path("people/on-call/<uuid:public_id>/", rotas.rota_page, name="rota"),
    path("people/on-call/<uuid:public_id>/weeks/", rotas.rota_rotate, name="rota_rotate"),
    path("people/on-call/<uuid:public_id>/override/", rotas.rota_override, name="rota_override"),
    path("people/on-call/<uuid:public_id>/archive/", rotas.rota_archive, name="rota_archive"),
    path("people/on-call/shifts/<uuid:public_id>/remove/", rotas.shift_remove, name="shift_remove"),
]

urlpatterns = [
    *(*training_urls, *rota_urls, *people_urls, *own_urls, *notification_urls, *calendar_urls),
    *(*mail_urls, *house_urls),
]
