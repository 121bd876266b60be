/* A list that a person scrolls: page after page, while others write. */
#include <guanxi.h>

#include <stdio.h>
#include <stdlib.h>

static void must(int32_t code, guanxi_error** err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s: %s\n", guanxi_error_name(*err), guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  exit(1);
}

static void add_account(guanxi_session* s, const char* name) {
  guanxi_error* err = NULL;
  guanxi_draft* d = NULL;
  must(guanxi_draft_create(s, "account", GUANXI_NTS, &d, &err), &err);
  must(guanxi_draft_set_text(d, "name", GUANXI_NTS, name, GUANXI_NTS, &err), &err);
  must(guanxi_create(s, d, NULL, NULL, &err), &err);
  guanxi_draft_release(d);
}

int main(void) {
  guanxi_error* err = NULL;
  guanxi_tenant* crm = NULL;
  guanxi_session* s = NULL;
  guanxi_parameters* with = NULL;
  int more = 1;
  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  add_account(s, "Acme");
  add_account(s, "Bolt");
  add_account(s, "Cedar");

  must(guanxi_parameters_create(&with, &err), &err);
  must(guanxi_parameters_set_null(with, "cursor", GUANXI_NTS, &err), &err);
  while (more) {
    guanxi_result* page = NULL;
    const char* next = NULL;
    must(guanxi_query(s, "select name from account order by name limit 2 after :cursor",
                      GUANXI_NTS, with, NULL, &page, &err), &err);
    for (int64_t row = 0; row < guanxi_result_row_count(page); ++row) {
      const char* name = NULL;
      must(guanxi_result_text(page, row, 0, &name, NULL, &err), &err);
      puts(name);
    }
    must(guanxi_result_page(page, &next, NULL, NULL, &err), &err);
    more = next != NULL;
    if (more)
      must(guanxi_parameters_set_text(with, "cursor", GUANXI_NTS, next, GUANXI_NTS, &err), &err);
    guanxi_result_release(page);
  }
  guanxi_parameters_release(with);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return 0;
}
