"""A store is checked, backed up and brought back, from Python."""

import guanxi

with guanxi.open("watched_in_python.gx") as crm, crm.as_user("admin") as s:
    s.create("account", name="Acme")
    for finding in crm.verify(progress=lambda done, total: print(done, "of", total)):
        print(finding.part, finding.entity, finding.record, finding.text)
    made = crm.backup("monday_in_python.gx")
    print("holds all up to change", made["sequence"])

guanxi.restore("monday_in_python.gx", "back_in_python.gx")
report = guanxi.salvage("watched_in_python.gx", "rescued_in_python.gx")
print(report["kept"], "kept,", report["doubtful"], "doubtful,", report["lost"], "lost")
