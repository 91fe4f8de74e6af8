// JournalService, as it stands in all five services.
#ifndef COMITY_RUNTIME_JOURNAL_JOURNAL_SERVICE_H_
#define COMITY_RUNTIME_JOURNAL_JOURNAL_SERVICE_H_

#include <memory>

#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "services/runtime/journal/watch_hub.h"
#include "services/runtime/server/unary.h"

namespace comity::journal {

class JournalService final : public v1::JournalService::CallbackService {
 public:
  using Api = v1::JournalService;
  JournalService(server::Edge* edge, WatchHub* hub) : edge_(edge), hub_(hub) {}
  COMITY_UNARY(ReadJournal, v1::ReadJournalRequest, v1::ReadJournalResponse)
  COMITY_UNARY(ListHistory, v1::ListHistoryRequest, v1::ListHistoryResponse)
  grpc::ServerWriteReactor<v1::WatchJournalResponse>* WatchJournal(
      grpc::CallbackServerContext* context, const v1::WatchJournalRequest* request) override;

 private:
  server::Edge* const edge_;
  WatchHub* const hub_;
};

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_JOURNAL_SERVICE_H_
