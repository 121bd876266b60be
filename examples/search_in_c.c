/* One box for everything: what a person types finds records of all entities. */
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
  guanxi_result* hits = NULL;
  guanxi_search_options how = {.struct_size = sizeof how};
  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_draft_create(s, "contact", GUANXI_NTS, &d, &err), &err);
  must(guanxi_draft_set_text(d, "name", GUANXI_NTS, "张三", GUANXI_NTS, &err), &err);
  must(guanxi_create(s, d, NULL, NULL, &err), &err);

  how.entities = "contact, account";
  how.entities_length = GUANXI_NTS;
  how.limit = 10;
  must(guanxi_search(s, "zhangsan", GUANXI_NTS, &how, &hits, &err), &err);
  for (int64_t row = 0; row < guanxi_result_row_count(hits); ++row) {
    const char* entity = NULL;
    const char* title = NULL;
    must(guanxi_result_text(hits, row, 0, &entity, NULL, &err), &err);
    must(guanxi_result_text(hits, row, 2, &title, NULL, &err), &err);
    printf("%s %s\n", entity, title);
  }
  guanxi_result_release(hits);
  guanxi_draft_release(d);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return 0;
}
