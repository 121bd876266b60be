// The environment: what the library sees of the world, given by callbacks of the host.
#include "arguments.hpp"

using namespace guanxi::capi;

namespace {

/// What a callback needs, given up with the last thing that may call it.
struct held {
  void* user = nullptr;
  guanxi_release_callback release = nullptr;

  held() = default;
  held(const held&) = delete;
  held& operator=(const held&) = delete;
  ~held() {
    if (!release) return;
    try {
      release(user);
    } catch (...) {  // a release has nobody to tell
    }
  }
};

class host_clock final : public guanxi::clock {
 public:
  host_clock(guanxi_clock_callback now, std::shared_ptr<held> with)
      : now_(now), with_(std::move(with)) {}
  guanxi::instant now() const override { return instant_value(now_(with_->user)).as_instant(); }

 private:
  guanxi_clock_callback now_;
  std::shared_ptr<held> with_;
};

}  // namespace

int32_t guanxi_environment_create(guanxi_environment** environment, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_environment*& into = output(environment, "environment");
    into = new guanxi_environment{guanxi::default_environment()};
  });
}

void guanxi_environment_release(guanxi_environment* environment) { delete environment; }

int32_t guanxi_environment_set_clock(guanxi_environment* environment, guanxi_clock_callback now,
                                     void* user, guanxi_release_callback release,
                                     guanxi_error** err) {
  return barrier(err, [&] {
    need(environment, "environment");
    if (!now) refuse(guanxi::errc::invalid_argument, "`now` is NULL");
    auto with = std::make_shared<held>();
    environment->content.clock = std::make_shared<host_clock>(now, with);
    with->user = user;
    with->release = release;  // from here on nothing fails
  });
}

int32_t guanxi_environment_set_log(guanxi_environment* environment, guanxi_log_callback log,
                                   void* user, guanxi_release_callback release,
                                   guanxi_error** err) {
  return barrier(err, [&] {
    need(environment, "environment");
    if (!log) refuse(guanxi::errc::invalid_argument, "`log` is NULL");
    auto with = std::make_shared<held>();
    environment->content.log = [log, with](std::string_view message) {
      const std::string ended(message);
      log(with->user, ended.c_str(), ended.size());
    };
    with->user = user;
    with->release = release;
  });
}
