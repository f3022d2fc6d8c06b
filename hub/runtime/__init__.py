"""How the hub runs: its environment, its embedded servers, the supervisor behind `manage.py up`. No Django in here."""
