form-post-title = Einen Moment
form-post-lead = Sie kehren zu { $client } zurück. Geschieht nichts, drücken Sie die Schaltfläche.
