// Reporting's side of the other services' journals: following them, and reading a part again.
#ifndef COMITY_REPORTING_SOURCE_FOLLOWER_H_
#define COMITY_REPORTING_SOURCE_FOLLOWER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/reporting/freshness.h"
#include "services/reporting/ledger.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/journal/follower.h"
#include "services/runtime/server/serve.h"

namespace comity::reporting {

// The services whose journals are followed.
inline constexpr const char* kSources[] = {"account", "gateway", "lead", "support"};

// Follows every source into one ledger, which it owns.
class SourceFollower final : public server::Background {
 public:
  // Sources without a known address are passed over.
  explicit SourceFollower(const server::Parts& parts);
  absl::Status Start() override;
  // The ledger was loaded, and each source was caught up with, or is away.
  bool Ready() const override;
  void Stop() override;

  Ledger* ledger() { return &ledger_; }
  // How far each source is followed.
  std::vector<SourceProgress> Progress() const;
  // Reads a source's journal over gRPC, by page.
  // Errors: UNAVAILABLE SERVICE_UNAVAILABLE; those of ReadJournal.
  ReadEntries reader() const;

 private:
  const channel::Channels* const channels_;
  Ledger ledger_;
  std::vector<std::pair<std::string, std::unique_ptr<journal::Follower>>> followers_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_SOURCE_FOLLOWER_H_
