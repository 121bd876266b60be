#include "interrupt.hpp"

#include <atomic>
#include <csignal>

namespace guanxi::cli::interrupt {
namespace {

// A signal's handler reaches nothing but these.
std::atomic<bool> came{false};
std::atomic<bool> second_ends{false};
std::atomic<const session*> running{nullptr};
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<const session*>::is_always_lock_free);

extern "C" void guanxi_take_interrupt(int number) {
  if (came.exchange(true) && second_ends) {
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  if (const session* s = running) s->interrupt();
}

}  // namespace

void install(bool insists) {
  second_ends = insists;
  struct sigaction now = {};
  sigaction(SIGINT, nullptr, &now);
  if (now.sa_handler == SIG_IGN) return;
  struct sigaction ours = {};
  ours.sa_handler = guanxi_take_interrupt;  // without SA_RESTART: waiting for a key ends, too
  sigemptyset(&ours.sa_mask);
  sigaction(SIGINT, &ours, nullptr);
}

bool asked() noexcept { return came; }
void clear() noexcept { came = false; }
result<void> check() {
  if (!came) return {};
  return unexpected(errc::interrupted, "stopped before it began; nothing was done");
}

watched::watched(const session& of) noexcept { running = &of; }
watched::~watched() { running = nullptr; }

}  // namespace guanxi::cli::interrupt
