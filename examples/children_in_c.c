/* Customers with their people, in one query. */
#include <guanxi.h>

#include <stdio.h>
#include <stdlib.h>

static void must(int32_t code, guanxi_error** err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s: %s\n", guanxi_error_name(*err), guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  exit(1);
}

int main(void) {
  guanxi_error* err = NULL;
  guanxi_tenant* crm = NULL;
  guanxi_session* s = NULL;
  guanxi_draft* d = NULL;
  guanxi_record* acme = NULL;
  guanxi_result* result = NULL;
  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_draft_create(s, "account", GUANXI_NTS, &d, &err), &err);
  must(guanxi_draft_set_text(d, "name", GUANXI_NTS, "Acme", GUANXI_NTS, &err), &err);
  must(guanxi_create(s, d, NULL, &acme, &err), &err);
  guanxi_draft_release(d);
  must(guanxi_draft_create(s, "contact", GUANXI_NTS, &d, &err), &err);
  must(guanxi_draft_set_text(d, "name", GUANXI_NTS, "Ann", GUANXI_NTS, &err), &err);
  must(guanxi_draft_set_reference(d, "account", GUANXI_NTS, guanxi_record_id(acme), &err), &err);
  must(guanxi_create(s, d, NULL, NULL, &err), &err);

  must(guanxi_query(s, "select name, (select name from contacts order by name) as people "
                       "from account", GUANXI_NTS, NULL, NULL, &result, &err), &err);
  for (int64_t row = 0; row < guanxi_result_row_count(result); ++row) {
    guanxi_result* people = NULL;
    must(guanxi_result_children(result, row, 1, &people, &err), &err);
    for (int64_t i = 0; i < guanxi_result_row_count(people); ++i) {
      const char* name = NULL;
      must(guanxi_result_text(people, i, 0, &name, NULL, &err), &err);
      puts(name);
    }
    guanxi_result_release(people);
  }
  guanxi_result_release(result);
  guanxi_record_release(acme);
  guanxi_draft_release(d);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return 0;
}
