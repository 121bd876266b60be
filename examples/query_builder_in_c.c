/* A query that a front end put together as JSON, run from C, and a text made JSON to be edited. */
#include <guanxi.h>

#include <stdio.h>
#include <string.h>

static int failed(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return 0;
  fprintf(stderr, "%s\n", guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  *err = NULL;
  return 1;
}

static const char *const asked =
    "{\"select\": [\"name\", {\"path\": \"owner.login\", \"as\": \"agent\"}],"
    " \"from\": \"account\","
    " \"where\": {\"or\": [{\"is_null\": {\"path\": \"industry\"}},"
    "                      {\"in\": [{\"path\": \"industry\"}, [\"retail\", \"it\"]]}]},"
    " \"order_by\": [\"name\"], \"limit\": 10}";

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_session *s = NULL;
  guanxi_buffer *text = NULL, *json = NULL;
  guanxi_result *answer = NULL;
  int same;
  if (failed(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err)) return 1;
  if (failed(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err)) return 1;

  if (failed(guanxi_statement_from_json(asked, GUANXI_NTS, &text, &err), &err)) return 1;
  printf("%s\n", guanxi_buffer_data(text, NULL));
  if (failed(guanxi_query(s, guanxi_buffer_data(text, NULL), GUANXI_NTS, NULL, NULL, &answer,
                          &err), &err)) return 1;
  printf("%lld accounts\n", (long long)guanxi_result_row_count(answer));
  guanxi_result_release(answer);

  if (failed(guanxi_statement_to_json(guanxi_buffer_data(text, NULL), GUANXI_NTS, &json, &err),
             &err)) return 1;
  same = strstr(guanxi_buffer_data(json, NULL), "\"limit\":10") != NULL;
  guanxi_buffer_release(json);
  guanxi_buffer_release(text);

  /* What is no query is refused with its place. */
  if (guanxi_statement_from_json("{\"select\": [\"name\"], \"from\": \"account\", \"were\": true}",
                                 GUANXI_NTS, &text, &err) != GUANXI_UNKNOWN_NAME) return 1;
  printf("%s\n", guanxi_error_message(err, NULL));
  guanxi_error_release(err);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return same ? 0 : 1;
}
