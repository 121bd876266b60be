/* A record shared with a colleague, and why the colleague sees it. */
#include <guanxi.h>

#include <stdio.h>
#include <stdlib.h>

static void must(int32_t code, guanxi_error** err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s: %s\n", guanxi_error_name(*err), guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  exit(1);
}

static guanxi_error* err = NULL;

static guanxi_draft* draft_of(guanxi_session* s, const char* entity) {
  guanxi_draft* d = NULL;
  must(guanxi_draft_create(s, entity, GUANXI_NTS, &d, &err), &err);
  return d;
}

static void set(guanxi_draft* d, const char* field, const char* text) {
  must(guanxi_draft_set_text(d, field, GUANXI_NTS, text, GUANXI_NTS, &err), &err);
}

static int64_t stored(guanxi_session* s, guanxi_draft* d) {
  guanxi_record* made = NULL;
  int64_t id = 0;
  must(guanxi_create(s, d, NULL, &made, &err), &err);
  id = guanxi_record_id(made);
  guanxi_record_release(made);
  guanxi_draft_release(d);
  return id;
}

int main(void) {
  guanxi_tenant* crm = NULL;
  guanxi_session* s = NULL;
  guanxi_draft* d = NULL;
  guanxi_result* found = NULL;
  guanxi_explanation* why = NULL;
  int64_t acme = 0, li = 0, standard = 0;
  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_query(s, "select id from permission_set where name = 'Standard user'", GUANXI_NTS,
                    NULL, NULL, &found, &err), &err);
  must(guanxi_result_reference(found, 0, 0, &standard, NULL, &err), &err);
  guanxi_result_release(found);

  d = draft_of(s, "user");
  set(d, "login", "li");
  set(d, "name", "Li");
  li = stored(s, d);
  d = draft_of(s, "permission_assignment");
  must(guanxi_draft_set_reference(d, "user", GUANXI_NTS, li, &err), &err);
  must(guanxi_draft_set_reference(d, "permission_set", GUANXI_NTS, standard, &err), &err);
  stored(s, d);
  d = draft_of(s, "account");
  set(d, "name", "Acme");
  acme = stored(s, d);

  d = draft_of(s, "record_share");
  set(d, "entity", "account");
  must(guanxi_draft_set_integer(d, "record", GUANXI_NTS, acme, &err), &err);
  must(guanxi_draft_set_reference(d, "user", GUANXI_NTS, li, &err), &err);
  set(d, "level", "edit");
  stored(s, d);

  must(guanxi_explain_for(s, "li", GUANXI_NTS, GUANXI_ACTION_EDIT, "account", GUANXI_NTS, acme,
                          &why, &err), &err);
  printf("li may edit Acme: %d\n", (int)guanxi_explanation_is_allowed(why));
  guanxi_explanation_release(why);
  must(guanxi_explain_for(s, "li", GUANXI_NTS, GUANXI_ACTION_SHARE, "account", GUANXI_NTS, acme,
                          &why, &err), &err);
  printf("li may share Acme: %d\n", (int)guanxi_explanation_is_allowed(why));
  guanxi_explanation_release(why);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return 0;
}
