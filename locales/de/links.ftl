link-ask-title = Per E-Mail anmelden
link-ask-lead = Wir schicken einen Link an diese Adresse. Er meldet Sie ohne Passwort an, nur in diesem Browser.
reset-ask-title = Passwort vergessen?
reset-ask-lead = Wir schicken einen Link an diese Adresse, mit dem Sie ein neues Passwort festlegen.
link-send = Link schicken
link-send-again = Noch einen schicken
link-back = Mit Passwort anmelden
link-sent-title = Sehen Sie in Ihr Postfach
link-sent = Wenn es zu dieser Adresse ein Konto gibt, das sich so anmelden darf, ist eine E-Mail mit einem Link unterwegs. Öffnen Sie ihn in diesem Browser innerhalb von { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
 }.
reset-sent = Wenn es zu dieser Adresse ein Konto gibt, das ein Passwort haben darf, ist eine E-Mail mit einem Link unterwegs. Öffnen Sie ihn innerhalb von { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
 }.
link-title = Anmelden
link-submit = Anmelden
link-elsewhere-title = Öffnen Sie den Link anderswo
link-elsewhere = Dieser Link gilt nur in dem Browser, in dem er angefordert wurde.
link-elsewhere-advice = Öffnen Sie ihn dort, oder kopieren Sie seine Adresse dorthin. Wenn Sie ihn nicht angefordert haben, hat jemand anderes Ihre Adresse eingegeben: Solange Sie ihn nicht für andere öffnen, geschieht nichts.
link-anew = In diesem Browser anmelden
factor-link-title = Zweiten Nachweis einrichten
factor-link-lead = Melden Sie sich wie gewohnt in diesem Browser an. Danach richten Sie eine Authenticator-App oder einen Passkey ein, nach dem Sie von da an gefragt werden. Wenn Sie das nicht erwartet haben, schließen Sie die Seite und sagen Sie Ihrer Verwaltung Bescheid.
factor-link-submit = Weiter zur Anmeldung
reset-title = Neues Passwort festlegen
reset-lead = Alle Sitzungen Ihres Kontos enden, auf jedem Gerät.
reset-password-label = Neues Passwort
reset-submit = Passwort festlegen
reset-done-title = Das Passwort ist festgelegt
reset-done-lead = Melden Sie sich jetzt damit an. Wenn Sie einen zweiten Faktor verwenden, wird er wie bisher verlangt.
reset-done-tokens = Diese persönlichen Zugriffstoken haben mit dem alten Passwort geendet. Erstellen Sie neue, wo Sie sie noch brauchen:
