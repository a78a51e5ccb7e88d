using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.ApiServer.Registry.Core.Services;
using Strata.Store;
using Strata.Store.Memory;

namespace Strata.ApiServer.Tests.Registry.Core;

public sealed class ServiceRepairTests
{
    private static readonly ServiceOwner Shop = new("default", "shop", "uid-1");
    private static readonly ServiceOwner Other = new("default", "other", "uid-2");

    private readonly MemoryStore _store = new();
    private readonly ServiceClaims _claims;
    private readonly SharedServiceAllocator _allocator;
    private readonly ServiceRepair _repair;

    public ServiceRepairTests()
    {
        _claims = new ServiceClaims(_store);
        _allocator = Kinds.SharedAllocator(store: _store);
        _repair = new ServiceRepair(_store, _claims, _allocator, NullLogger<ServiceRepair>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stored_service_without_claims_gets_them()
    {
        await StoreAsync("""{"metadata":{"namespace":"default","name":"shop","uid":"uid-1"},"spec":{"clusterIPs":["10.96.9.9"],"ports":[{"nodePort":31000},{"port":2}]}}""");
        await StoreAsync("""{"metadata":{"namespace":"default","name":"headless","uid":"uid-3"},"spec":{"clusterIPs":["None"],"ports":[{"port":2}]}}""", "headless");

        await _repair.RunOnceAsync(Token);

        Assert.Equal(
            [("/strata/services/addresses/10.96.9.9", Shop), ("/strata/services/nodeports/31000", Shop)],
            (await _claims.ListAsync(Token)).Select(claim => (claim.Key, claim.Owner!)));
        Assert.Equal(AllocationOutcome.InUse, await _allocator.TakeAddressAsync("10.96.9.9", Other, Token));
        Assert.Equal(AllocationOutcome.InUse, await _allocator.TakePortAsync(31000, Other, Token));
    }

    [Fact]
    public async Task A_claim_without_a_service_goes_at_the_second_pass_that_finds_it()
    {
        await _allocator.TakeAddressAsync("10.96.9.9", Shop, Token);

        await _repair.RunOnceAsync(Token);
        Assert.Single(await _claims.ListAsync(Token));
        await _repair.RunOnceAsync(Token);

        Assert.Empty(await _claims.ListAsync(Token));
        Assert.Equal(AllocationOutcome.Taken, await _allocator.TakeAddressAsync("10.96.9.9", Other, Token));
    }

    [Fact]
    public async Task A_claim_that_was_taken_anew_between_two_passes_stays()
    {
        await _allocator.TakePortAsync(31000, Shop, Token);
        await _repair.RunOnceAsync(Token);
        await _allocator.ReleasePortAsync(31000, Shop);
        await _allocator.TakePortAsync(31000, Other, Token);

        await _repair.RunOnceAsync(Token);

        Assert.Equal([Other], (await _claims.ListAsync(Token)).Select(claim => claim.Owner!));
    }

    [Fact]
    public async Task A_claim_whose_service_was_stored_meanwhile_stays()
    {
        await _allocator.TakeAddressAsync("10.96.9.9", Shop, Token);
        await _repair.RunOnceAsync(Token);
        await StoreAsync("""{"metadata":{"namespace":"default","name":"shop","uid":"uid-1"},"spec":{"clusterIPs":["10.96.9.9"]}}""");

        await _repair.RunOnceAsync(Token);
        await _repair.RunOnceAsync(Token);

        Assert.Single(await _claims.ListAsync(Token));
    }

    [Fact]
    public async Task What_another_server_gave_back_can_be_had_here()
    {
        var elsewhere = Kinds.SharedAllocator("10.96.0.0/30", _store);
        var here = Kinds.SharedAllocator("10.96.0.0/30", _store);
        var first = await elsewhere.AllocateAddressAsync(Shop, Token);
        var second = await elsewhere.AllocateAddressAsync(Shop, Token);
        Assert.Null(await here.AllocateAddressAsync(Other, Token)); // Two addresses are all that this range has.
        Assert.Equal(AllocationOutcome.InUse, await here.TakeAddressAsync(first!, Other, Token));

        await elsewhere.ReleaseAddressAsync(first!, Shop);
        await elsewhere.ReleaseAddressAsync(second!, Shop);

        Assert.Equal(AllocationOutcome.Taken, await here.TakeAddressAsync(first!, Other, Token));
        Assert.Equal(second, await here.AllocateAddressAsync(Other, Token));
    }

    [Fact]
    public async Task Only_its_owner_gives_an_address_back()
    {
        await _allocator.TakeAddressAsync("10.96.9.9", Shop, Token);

        await _allocator.ReleaseAddressAsync("10.96.9.9", Other);

        Assert.Equal(AllocationOutcome.InUse, await _allocator.TakeAddressAsync("10.96.9.9", Other, Token));
    }

    private async Task StoreAsync(string json, string name = "shop") => Assert.True((await _store.PutAsync(
        Encoding.UTF8.GetBytes($"/registry/services/default/{name}"), Encoding.UTF8.GetBytes(json), ExpectedRevision.Absent, Token)).IsCommitted);
}
