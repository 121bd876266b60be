/* A lead becomes a customer, from C. */
#include <guanxi.h>

#include <stdio.h>
#include <stdlib.h>

static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s\n", guanxi_error_message(*err, NULL));
  exit(1);
}

static int64_t make(guanxi_session *s, const char *entity, const char *name, const char *field,
                    const char *value) {
  guanxi_error *err = NULL;
  guanxi_draft *d = NULL;
  guanxi_record *r = NULL;
  int64_t id = 0;
  must(guanxi_draft_create(s, entity, GUANXI_NTS, &d, &err), &err);
  must(guanxi_draft_set_text(d, "name", GUANXI_NTS, name, GUANXI_NTS, &err), &err);
  if (field)
    must(guanxi_draft_set_text(d, field, GUANXI_NTS, value, GUANXI_NTS, &err), &err);
  must(guanxi_create(s, d, NULL, &r, &err), &err);
  id = guanxi_record_id(r);
  guanxi_record_release(r);
  guanxi_draft_release(d);
  return id;
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *shop = NULL;
  guanxi_session *s = NULL;
  guanxi_parameters *with = NULL;
  guanxi_result *planned = NULL, *made = NULL, *known = NULL;
  guanxi_invoke_options beforehand = {.struct_size = sizeof beforehand, .preview = 1};
  char pipeline[32];
  int64_t lead = 0, fields = 0, account = 0;
  remove("actions_in_c.gx");
  must(guanxi_open(NULL, "actions_in_c.gx", GUANXI_NTS, NULL, &shop, &err), &err);
  must(guanxi_as_user(shop, "admin", GUANXI_NTS, &s, &err), &err);
  snprintf(pipeline, sizeof pipeline, "%lld", (long long)make(s, "pipeline", "Sales", NULL, NULL));
  make(s, "stage", "Talk", "pipeline", pipeline);
  lead = make(s, "lead", "王芳", "company", "Lotus");

  must(guanxi_parameters_create(&with, &err), &err);
  must(guanxi_parameters_set_integer(with, "lead", GUANXI_NTS, lead, &err), &err);
  must(guanxi_invoke(s, "lead.convert", GUANXI_NTS, with, &beforehand, &planned, &err), &err);
  fields = guanxi_result_row_count(planned); /* nothing is written yet */
  must(guanxi_invoke(s, "lead.convert", GUANXI_NTS, with, NULL, &made, &err), &err);
  must(guanxi_result_reference(made, 0, 0, &account, NULL, &err), &err);
  printf("%lld fields; account %lld\n", (long long)fields, (long long)account);

  must(guanxi_session_actions(s, &known, &err), &err); /* what there is to call, and how */
  printf("%lld parameters and results\n", (long long)guanxi_result_row_count(known));

  guanxi_result_release(known);
  guanxi_result_release(made);
  guanxi_result_release(planned);
  guanxi_parameters_release(with);
  guanxi_session_release(s);
  guanxi_tenant_release(shop);
  return fields > 0 && account > 0 ? 0 : 1;
}
