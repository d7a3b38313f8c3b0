home-title = Anmeldedienst
home-lead = Hier melden sich Menschen bei den Anwendungen ihrer Organisation an.
home-start = Öffnen Sie die Anwendung, die Sie verwenden möchten; sie führt Sie hierher, wenn sie wissen muss, wer Sie sind.
home-sign-in = Anmelden
home-accounts = Konten in diesem Browser
home-account = Ihr Konto
home-add = Mit einem anderen Konto anmelden
home-sign-out = Abmelden
