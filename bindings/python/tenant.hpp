// The handle of a tenant.
//
//   unwrap(handle.run([&](const tenant& t) { return t.save(path); }));
//
// Thread rule: with the interpreter's lock held; what run() is given runs without it.
#pragma once

#include "binding.hpp"

#include <optional>

namespace guanxi::python {

class tenant_handle {
 public:
  /// `by_store` holds what a store in Python raises.
  tenant_handle(tenant t, std::shared_ptr<host_clock> clock, std::string path,
                std::shared_ptr<raised> by_store = nullptr)
      : tenant_(std::move(t)),
        clock_(std::move(clock)),
        by_store_(std::move(by_store)),
        path_(std::move(path)) {}

  std::shared_ptr<session_handle> as_user(const py::str& login) {
    const std::string name = text_from_python(login, "login");
    return opened(run([&](const tenant& t) { return t.as_user(name); }));
  }

  std::shared_ptr<session_handle> as_system(const py::str& cause) {
    const std::string why = text_from_python(cause, "cause");
    return opened(run([&](const tenant& t) { return result<session>(t.as_system(why)); }));
  }

  /// Closes the sessions too: a file is closed when Python code says so.
  void close() {
    if (by_store_) by_store_->need_outside();
    const py::gil_scoped_release unlocked;
    std::vector<std::weak_ptr<session_handle>> sessions;
    std::optional<tenant> last;
    {
      const std::lock_guard lock(mutex_);
      sessions.swap(sessions_);
      last.swap(tenant_);
    }
    for (const auto& s : sessions)
      if (const auto alive = s.lock()) alive->close();
  }

  bool closed() const {
    const std::lock_guard lock(mutex_);
    return !tenant_;
  }
  std::string store() {
    return run([](const tenant& t) { return result<std::string>(std::string(t.store_name())); })
        .value();
  }
  void save(const py::object& path) {
    const std::string to = path.is_none() ? std::string() : path_from_python(path, "path");
    unwrap(run([&](const tenant& t) { return t.save(to); }));
  }
  std::string outcome_of(const py::str& token) {
    const std::string asked = text_from_python(token, "token");
    switch (unwrap(run([&](const tenant& t) { return t.outcome_of(asked); }))) {
      case commit_outcome::committed: return "committed";
      case commit_outcome::not_committed: return "not_committed";
      case commit_outcome::unknown: break;
    }
    return "unknown";
  }
  bool fresh() {
    return run([](const tenant& t) { return result<bool>(t.fresh()); }).value();
  }
  std::string repr() const {
    const std::string file = path_.substr(path_.find_last_of('/') + 1);
    return "<guanxi.Tenant " + in_backticks(file) + (closed() ? " (closed)>" : ">");
  }
  /// Runs `work` on the tenant without the interpreter's lock.
  template <class Work>
  auto run(Work&& work) -> decltype(work(std::declval<const tenant&>())) {
    if (clock_) clock_->ask();
    return raising(by_store_.get(), [&]() -> decltype(work(std::declval<const tenant&>())) {
      const py::gil_scoped_release unlocked;
      std::optional<tenant> mine;
      {
        const std::lock_guard lock(mutex_);
        mine = tenant_;
      }
      if (!mine) return unexpected(errc::misuse, "the tenant is closed; open it again");
      return work(*mine);
    });
  }

 private:
  std::shared_ptr<session_handle> opened(result<session> s) {
    auto out = std::make_shared<session_handle>(unwrap(std::move(s)), clock_, by_store_);
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [](const auto& known) { return known.expired(); });
    sessions_.push_back(out);
    return out;
  }

  mutable std::mutex mutex_;
  std::optional<tenant> tenant_;
  std::shared_ptr<host_clock> clock_;
  std::shared_ptr<raised> by_store_;
  std::string path_;
  std::vector<std::weak_ptr<session_handle>> sessions_;
};

int milliseconds_of(double seconds, const char* what);

using tenant_class = py::class_<tenant_handle, std::shared_ptr<tenant_handle>>;

/// Checks, backups and restoring.
void bind_keeping(py::module_& m, tenant_class& c);
void bind_tick(tenant_class& c);

}  // namespace guanxi::python
