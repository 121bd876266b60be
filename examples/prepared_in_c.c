/* A query that is read once and run often. */
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
  guanxi_prepared* large = NULL;
  guanxi_parameters* with = NULL;
  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_prepare("select name from account where employees > :least", GUANXI_NTS, &large,
                      &err), &err);
  must(guanxi_parameters_create(&with, &err), &err);
  for (int64_t least = 1; least <= 1000; least *= 10) {
    guanxi_result* found = NULL;
    must(guanxi_parameters_set_integer(with, "least", GUANXI_NTS, least, &err), &err);
    must(guanxi_query_prepared(s, large, with, NULL, &found, &err), &err);
    printf("more than %lld: %lld\n", (long long)least, (long long)guanxi_result_row_count(found));
    guanxi_result_release(found);
  }
  guanxi_parameters_release(with);
  guanxi_prepared_release(large);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return 0;
}
