using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Http;
using Strata.Store;
using Strata.Store.Etcd;
using Strata.Testing;
using Strata.Testing.Etcd;

namespace Strata.ApiServer.Tests;

/// <summary>What clients are told when the store fails.</summary>
public sealed class StoreFailureTests
{
    public static TheoryData<string, int, string> Failures => new()
    {
        { "full", 507, StatusReason.InternalError },
        { "large", 413, StatusReason.RequestEntityTooLarge },
        { "uncertain", 504, StatusReason.Timeout },
        { "unreachable", 503, StatusReason.ServiceUnavailable },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_failure_that_a_caller_can_act_on_has_a_status_of_its_own_and_keeps_its_message(string message, int code, string reason)
    {
        StoreException failure = message switch
        {
            "full" => new StoreFullException(message),
            "large" => new StoreValueTooLargeException(message),
            "uncertain" => new UncertainWriteException(message),
            _ => new StoreUnavailableException(message),
        };

        var status = StoreFailures.ToApi(failure).Status;

        Assert.Equal((code, reason), (status.Code, status.Reason));
        Assert.Contains(message, status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_etcd_requests_are_answered_503_with_its_name_and_go_on_when_it_is_back()
    {
        await using var etcd = await EtcdServer.StartAsync();
        var options = etcd.StoreOptions with { RequestTimeout = TimeSpan.FromMilliseconds(300) };
        await using var store = await EtcdStore.OpenAsync(options, TimeProvider.System, NullLogger<EtcdStore>.Instance, Token);
        await using var server = await TestApiServer.StartAsync(store);
        await server.Admin.CreateAsync(Named("before"), Token);

        await etcd.KillAsync();
        // The first write may have gone out on the connection that was just breaking, which is another story (504).
        await Eventually.TrueAsync(async () => await RefusalAsync(server, "during") is { Status.Code: 503 });
        var refused = await RefusalAsync(server, "during");
        await etcd.StartAsync();

        Assert.Equal(503, refused.Status.Code);
        Assert.Contains(etcd.Endpoint.GetLeftPart(UriPartial.Authority), refused.Message, StringComparison.Ordinal);
        await Eventually.SucceedsAsync(() => server.Admin.CreateAsync(Named("after"), Token));
        var listed = await server.Admin.ListAsync<ConfigMap>("default", Client.ListOptions.All, Token);
        Assert.Equal(["after", "before"], listed.Items.Select(static item => item.Metadata.Name).Order());
    }

    private static Task<ApiException> RefusalAsync(TestApiServer server, string name) =>
        Assert.ThrowsAsync<ApiException>(() => server.Admin.CreateAsync(Named(name), Token));

    private static ConfigMap Named(string name) => new() { Metadata = new ObjectMeta { Namespace = "default", Name = name } };
}
