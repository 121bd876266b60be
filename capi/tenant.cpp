// Tenants, sessions and transactions.
#include "arguments.hpp"
#include "bodies.hpp"
#include "options.hpp"

namespace guanxi::capi {
namespace {

std::unique_ptr<guanxi_session> handle_of(session s, const callers_ptr& inside) {
  std::string login(s.who().login), base(s.base_currency());
  return std::make_unique<guanxi_session>(
      guanxi_session{std::move(s), std::move(login), std::move(base), this_process(), inside});
}

store_kind kind_of(std::int32_t store) {
  if (store != GUANXI_STORE_KIND_SQLITE && store != GUANXI_STORE_KIND_MEMORY)
    refuse(errc::invalid_argument, "a `store` of " + std::to_string(store) +
                                       " is none; the kinds are 0 (sqlite) and 1 (memory)");
  return static_cast<store_kind>(store);
}

}  // namespace

open_options options_from(const guanxi_open_options& given) {
  open_options out;
  out.store = kind_of(given.store);
  out.create = given.must_exist == 0;
  out.read_only = given.read_only != 0;
  if (given.busy_timeout_ms < -1)
    refuse(errc::invalid_argument, "`busy_timeout_ms` is below -1, which stands for no waiting");
  if (given.busy_timeout_ms != 0)
    out.busy_timeout_ms = given.busy_timeout_ms == -1 ? 0 : given.busy_timeout_ms;
  out.may_lose_last_commits = given.may_lose_last_commits != 0;
  if (given.vfs) out.vfs.assign(given.vfs, given.vfs_length);
  if (given.base_currency)
    out.base_currency.assign(given.base_currency, given.base_currency_length);
  return out;
}

namespace body {

std::unique_ptr<guanxi_tenant> open(const guanxi_environment* environment, std::string_view path,
                                    const guanxi_open_options& options) {
  open_options how = options_from(options);
  if (environment) how.world = environment->content;
  ready_modules ready = modules_of(environment);
  how.modules = std::move(ready.modules);
  tenant opened = guanxi::open(path, how).value();
  std::string name(opened.store_name());
  return std::make_unique<guanxi_tenant>(
      guanxi_tenant{std::move(opened), std::move(name), this_process(), std::move(ready.inside)});
}

std::int32_t tenant_is_fresh(const guanxi_tenant& tenant) { return tenant.content.fresh() ? 1 : 0; }
std::string_view tenant_store_name(const guanxi_tenant& tenant) { return tenant.store_name; }

void tenant_save(const guanxi_tenant& tenant, std::optional<std::string_view> path) {
  tenant.content.save(path.value_or(std::string_view())).value();
}

std::unique_ptr<guanxi_session> as_user(const guanxi_tenant& tenant, std::string_view login) {
  return handle_of(tenant.content.as_user(login).value(), tenant.inside);
}

std::unique_ptr<guanxi_session> as_system(const guanxi_tenant& tenant, std::string_view cause) {
  if (cause.empty())
    refuse(errc::invalid_argument, "`cause` is empty; say why system sight is used");
  return handle_of(tenant.content.as_system(cause), tenant.inside);
}

std::int64_t session_user(const guanxi_session& session) {
  return session.content.who().user.value;
}
std::string_view session_login(const guanxi_session& session) { return session.login; }
std::string_view session_base_currency(const guanxi_session& session) {
  return session.base_currency;
}

void begin(guanxi_session& session) { session.content.begin().value(); }
void commit(guanxi_session& session) { session.content.commit().value(); }
void rollback(guanxi_session& session) { session.content.rollback().value(); }
std::int32_t in_transaction(const guanxi_session& session) {
  return session.content.in_transaction() ? 1 : 0;
}
std::int32_t savepoint(guanxi_session& session) { return session.content.savepoint().value(); }
void release_savepoint(guanxi_session& session, std::int32_t savepoint) {
  session.content.release(savepoint).value();
}
void rollback_to(guanxi_session& session, std::int32_t savepoint) {
  session.content.rollback_to(savepoint).value();
}

void transact(guanxi_session& session, work work, std::int32_t attempts) {
  if (attempts < 1) refuse(errc::invalid_argument, "`attempts` is below 1; give how many in all");
  session.content
      .transact(
          [&](guanxi::session&) -> result<void> {
            const auto code = static_cast<errc>(work(session));
            if (code == errc::ok) return {};
            return unexpected(error(code, "the host's work ended with `" + std::string(name(code)) +
                                              "`; its transaction was undone")
                                  .set_retriable(code == errc::busy));
          },
          attempts)
      .value();
}

void begin_reading(guanxi_session& session) { session.content.begin_reading().value(); }
void end_reading(guanxi_session& session) { session.content.end_reading().value(); }
void set_deadline(guanxi_session& session, std::int64_t milliseconds) {
  session.content.set_deadline(milliseconds ? std::optional(milliseconds) : std::nullopt).value();
}
std::int32_t outcome(const guanxi_tenant& tenant, std::string_view token) {
  return static_cast<std::int32_t>(tenant.content.outcome_of(token).value());
}

void interrupt(const guanxi_session& session) { session.content.interrupt(); }

}  // namespace body
}  // namespace guanxi::capi
