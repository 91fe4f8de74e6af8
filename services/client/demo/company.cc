#include "services/client/demo/company.h"

#include "services/client/demo/draftsman.h"

namespace comity::client {

Company MakeCompany(const DemoOptions& options) {
  Draftsman draftsman;
  draftsman.options = options;
  MakePeople(&draftsman);
  MakeOffers(&draftsman);
  MakeAccounts(&draftsman);
  MakeAccountHistory(&draftsman);
  MakeLeads(&draftsman);
  MakeOpportunities(&draftsman);
  MakeCases(&draftsman);
  return std::move(draftsman.company);
}

}  // namespace comity::client
