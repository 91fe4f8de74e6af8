// Bounds how many calls do something at once. No gRPC.
#ifndef COMITY_GATEWAY_SEATS_H_
#define COMITY_GATEWAY_SEATS_H_

#include <algorithm>
#include <atomic>
#include <optional>

namespace comity::gateway {

// Thread-safe.
class Seats {
 public:
  explicit Seats(int count) : free_(std::max(1, count)) {}

  // A seat that was taken; given back at destruction.
  class Seat {
   public:
    explicit Seat(std::atomic<int>* free) : free_(free) {}
    Seat(Seat&& other) noexcept : free_(other.free_) { other.free_ = nullptr; }
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (free_ != nullptr) ++*free_;
    }

   private:
    std::atomic<int>* free_;
  };

  // None when all are taken.
  std::optional<Seat> Take() {
    if (--free_ >= 0) return Seat(&free_);
    ++free_;
    return std::nullopt;
  }

 private:
  std::atomic<int> free_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_SEATS_H_
