/* The C lines of the README, run as they stand there. */
#include <guanxi.h>

#include <stdio.h>

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *shop = NULL;
  guanxi_session *s = NULL;
  guanxi_draft *d = NULL;
  guanxi_record *acme = NULL;
  guanxi_result *r = NULL;
  const char *name = NULL;
  remove("readme_c.gx");
  /* [readme] */
  guanxi_open(NULL, "readme_c.gx", GUANXI_NTS, NULL, &shop, &err);
  guanxi_as_user(shop, "admin", GUANXI_NTS, &s, &err);
  guanxi_draft_create(s, "account", GUANXI_NTS, &d, &err);
  guanxi_draft_set_text(d, "name", GUANXI_NTS, "Acme", GUANXI_NTS, &err);
  guanxi_create(s, d, NULL, &acme, &err);
  if (guanxi_draft_set_text(d, "founded_year", GUANXI_NTS, "long ago", GUANXI_NTS, &err) !=
      GUANXI_OK) {
    puts(guanxi_error_message(err, NULL)); /* says what is wrong, and with which field */
    guanxi_error_release(err);
  }
  guanxi_query(s, "select name from account", GUANXI_NTS, NULL, NULL, &r, &err);
  guanxi_result_text(r, 0, 0, &name, NULL, &err);
  puts(name); /* Acme */
  /* [/readme] */
  guanxi_result_release(r);
  guanxi_record_release(acme);
  guanxi_draft_release(d);
  guanxi_session_release(s);
  guanxi_tenant_release(shop);
  return 0;
}
