// Tenants, sessions and transactions.
#include "arguments.hpp"

using namespace guanxi::capi;
using guanxi::errc;

namespace {

guanxi_session* handle_of(guanxi::session s) {
  std::string login(s.who().login), base(s.base_currency());
  return new guanxi_session{std::move(s), std::move(login), std::move(base), this_process()};
}

}  // namespace

int32_t guanxi_open(const guanxi_environment* environment, const char* path, size_t path_length,
                    const guanxi_open_options* options, guanxi_tenant** tenant,
                    guanxi_error** err) {
  return barrier(err, [&] {
    using given = guanxi_open_options;
    guanxi_tenant*& into = output(tenant, "tenant");
    const given chosen =
        options_of(options, &given::must_exist, &given::read_only, &given::base_currency,
                   &given::base_currency_length, &given::vfs, &given::vfs_length);
    guanxi::open_options how;
    how.create = chosen.must_exist == 0;
    how.read_only = chosen.read_only != 0;
    how.vfs = optional_text(chosen.vfs, chosen.vfs_length, "vfs");
    if (chosen.base_currency)
      how.base_currency =
          currency_value(chosen.base_currency, chosen.base_currency_length).text();
    if (environment) how.world = environment->content;
    guanxi::tenant opened = guanxi::open(text(path, path_length, "path"), how).value();
    std::string name(opened.store_name());
    into = new guanxi_tenant{std::move(opened), std::move(name), this_process()};
  });
}

void guanxi_tenant_release(guanxi_tenant* tenant) {
  if (tenant && tenant->process == this_process()) delete tenant;
}

int32_t guanxi_tenant_is_fresh(const guanxi_tenant* tenant) {
  return tenant && tenant->content.fresh() ? 1 : 0;
}

const char* guanxi_tenant_store_name(const guanxi_tenant* tenant, size_t* length) {
  return borrowed(tenant ? std::string_view(tenant->store_name) : std::string_view(), length);
}

int32_t guanxi_as_user(const guanxi_tenant* tenant, const char* login, size_t login_length,
                       guanxi_session** session, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_session*& into = output(session, "session");
    into = handle_of(live(tenant).as_user(text(login, login_length, "login")).value());
  });
}

int32_t guanxi_as_system(const guanxi_tenant* tenant, const char* cause, size_t cause_length,
                         guanxi_session** session, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_session*& into = output(session, "session");
    const guanxi::tenant& of = live(tenant);
    const std::string_view why = text(cause, cause_length, "cause");
    if (why.empty())
      refuse(errc::invalid_argument, "`cause` is empty; say why system sight is used");
    into = handle_of(of.as_system(why));
  });
}

void guanxi_session_release(guanxi_session* session) {
  if (session && session->process == this_process()) delete session;
}

int64_t guanxi_session_user(const guanxi_session* session) {
  return session ? session->content.who().user.value : 0;
}

const char* guanxi_session_login(const guanxi_session* session, size_t* length) {
  return borrowed(session ? std::string_view(session->login) : std::string_view(), length);
}

const char* guanxi_session_base_currency(const guanxi_session* session, size_t* length) {
  return borrowed(session ? std::string_view(session->base_currency) : std::string_view(), length);
}

int32_t guanxi_begin(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] { live(session).begin().value(); });
}

int32_t guanxi_commit(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] { live(session).commit().value(); });
}

int32_t guanxi_rollback(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] { live(session).rollback().value(); });
}

int32_t guanxi_in_transaction(const guanxi_session* session) {
  return session && session->content.in_transaction() ? 1 : 0;
}

void guanxi_interrupt(const guanxi_session* session) {
  if (session) session->content.interrupt();
}
