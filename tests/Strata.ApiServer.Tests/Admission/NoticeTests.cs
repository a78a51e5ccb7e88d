using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Admission.Plugins;
using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Tests.Admission;

public sealed class NoticeTests
{
    private static readonly NoticePlugin s_plugin = new(new Dictionary<string, string> { ["jobs.batch"] = "no pods will be started", ["persistentvolumeclaims"] = "stays Pending" });

    [Fact]
    public async Task Who_creates_what_nothing_handles_is_told()
    {
        Assert.Equal(["no pods will be started"], await WarningsAsync(Job.Info, AdmissionOperation.Create));
        Assert.Equal(["stays Pending"], await WarningsAsync(PersistentVolumeClaim.Info, AdmissionOperation.Create));
    }

    [Fact]
    public async Task Others_are_told_nothing()
    {
        Assert.Empty(await WarningsAsync(Pod.Info, AdmissionOperation.Create));
        Assert.Empty(await WarningsAsync(Job.Info, AdmissionOperation.Update));
        Assert.Empty(await WarningsAsync(Job.Info, AdmissionOperation.Create, "status"));
    }

    private static async Task<List<string>> WarningsAsync(KindInfo kind, AdmissionOperation operation, string subresource = "")
    {
        var warnings = new List<string>();
        var request = new AdmissionRequest
        {
            Operation = operation, Kind = kind, Subresource = subresource, Namespace = "default", Name = "a", User = UserIdentity.Of("jane"), Warn = warnings.Add,
        };
        await s_plugin.ValidateAsync(request, TestContext.Current.CancellationToken);
        return warnings;
    }
}
