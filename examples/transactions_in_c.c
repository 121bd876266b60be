/* Several writes as one in C: retry, a savepoint, a conflict that is settled. */
#include "guanxi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s\n", guanxi_error_message(*err, NULL));
  exit(1);
}

static guanxi_draft *draft(guanxi_session *s, const char *field, const char *text) {
  guanxi_error *err = NULL;
  guanxi_draft *d = NULL;
  must(guanxi_draft_create(s, "account", GUANXI_NTS, &d, &err), &err);
  must(guanxi_draft_set_text(d, field, GUANXI_NTS, text, GUANXI_NTS, &err), &err);
  return d;
}

/* What is run in the transaction: GUANXI_OK keeps it, GUANXI_BUSY runs it again. */
static int32_t make_acme(void *user, guanxi_session *s) {
  guanxi_draft *d = draft(s, "name", "Acme");
  guanxi_record *made = NULL;
  int32_t code = guanxi_create(s, d, NULL, &made, NULL);
  if (code == GUANXI_OK) *(int64_t *)user = guanxi_record_id(made);
  guanxi_record_release(made);
  guanxi_draft_release(d);
  return code;
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_session *s = NULL;
  guanxi_draft *city = NULL, *name = NULL;
  guanxi_record *stored = NULL, *settled = NULL;
  guanxi_write_options guarded;
  int64_t acme = 0;
  int32_t before = 0, code = GUANXI_OK;
  const char *text = NULL;

  memset(&guarded, 0, sizeof guarded);
  guarded.struct_size = sizeof guarded;

  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_transact(s, make_acme, &acme, 5, &err), &err);

  city = draft(s, "city", "Wuhan");
  name = draft(s, "name", "Acme Ltd");
  must(guanxi_begin(s, &err), &err);
  must(guanxi_change(s, acme, city, NULL, NULL, &err), &err);
  must(guanxi_savepoint(s, &before, &err), &err);
  must(guanxi_delete(s, "account", GUANXI_NTS, acme, NULL, &err), &err);
  must(guanxi_rollback_to(s, before, &err), &err); /* not that */
  must(guanxi_commit(s, &err), &err);

  guarded.expected_revision = 1; /* as it was before the city was known */
  code = guanxi_change(s, acme, name, &guarded, NULL, &err);
  if (code == GUANXI_CONFLICT) {
    guanxi_error *conflict = err;
    must(guanxi_error_stored(conflict, &stored, &err), &err);
    guarded.expected_revision = guanxi_record_revision(stored);
    must(guanxi_change(s, acme, name, &guarded, &settled, &err), &err);
    guanxi_error_release(conflict);
  }
  must(guanxi_record_text(settled, "city", GUANXI_NTS, &text, NULL, &err), &err);
  printf("revision %d, %s\n", (int)guanxi_record_revision(settled), text);
  code = strcmp(text, "Wuhan") == 0 && guanxi_record_revision(settled) == 3 ? 0 : 1;

  guanxi_record_release(settled);
  guanxi_record_release(stored);
  guanxi_draft_release(name);
  guanxi_draft_release(city);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return code;
}
