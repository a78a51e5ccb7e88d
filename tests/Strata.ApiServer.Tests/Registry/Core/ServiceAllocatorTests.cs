using System.Collections.Concurrent;
using System.Net;
using CsCheck;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Core;

public sealed class ServiceAllocatorTests
{
    [Fact]
    public async Task Two_who_ask_at_once_never_get_the_same()
    {
        var allocator = Kinds.Allocator("10.96.0.0/22");
        var addresses = new ConcurrentBag<string>();
        var ports = new ConcurrentBag<int>();
        await Parallel.ForAsync(0, 800, TestContext.Current.CancellationToken, (_, _) =>
        {
            addresses.Add(allocator.AllocateAddress()!);
            ports.Add(allocator.AllocatePort()!.Value);
            return ValueTask.CompletedTask;
        });
        Assert.Equal(800, addresses.Distinct().Count());
        Assert.Equal(800, ports.Distinct().Count());
    }

    [Fact]
    public void Every_address_but_the_networks_own_is_used_before_the_range_is_full()
    {
        var allocator = Kinds.Allocator("10.96.0.0/24");
        var given = new HashSet<string>();
        while (allocator.AllocateAddress() is { } address)
        {
            Assert.True(given.Add(address));
        }

        Assert.Equal(254, given.Count);
        Assert.DoesNotContain("10.96.0.0", given);
        Assert.DoesNotContain("10.96.0.255", given);
        allocator.ReleaseAddress("10.96.0.77");
        Assert.Equal("10.96.0.77", allocator.AllocateAddress());
    }

    [Fact]
    public void The_lower_addresses_are_left_to_those_who_choose()
    {
        var allocator = Kinds.Allocator();
        for (var count = 0; count < 500; count++)
        {
            var parts = allocator.AllocateAddress()!.Split('.');
            Assert.NotEqual("0", parts[2]);
        }
    }

    [Theory]
    [InlineData("10.96.0.0")]
    [InlineData("10.96.255.255")]
    [InlineData("10.97.0.1")]
    [InlineData("fd00::1")]
    [InlineData("None")]
    [InlineData("")]
    public void What_is_no_host_of_the_range_cannot_be_taken(string address) =>
        Assert.Equal(AllocationOutcome.OutOfRange, Kinds.Allocator().TakeAddress(address));

    [Theory]
    [InlineData("fd00::/108")]
    [InlineData("10.0.0.0/31")]
    [InlineData("10.0.0.0/8")]
    public void Ranges_that_cannot_work_are_refused(string range) =>
        Assert.Throws<ArgumentException>(() => new ServiceAllocator(IPNetwork.Parse(range), 30000, 32767, new IdentitySource(new Random(1))));

    [Fact]
    public void Taking_and_releasing_in_any_order_never_loses_or_doubles_a_port() =>
        Gen.Int[0, 9].Array[0, 40].Sample(static steps =>
        {
            var allocator = new ServiceAllocator(IPNetwork.Parse("10.0.0.0/28"), 100, 109, new IdentitySource(new Random(1)));
            var held = new HashSet<int>();
            foreach (var step in steps)
            {
                if (held.Remove(100 + step))
                {
                    allocator.ReleasePort(100 + step);
                }
                else if (allocator.AllocatePort() is { } port)
                {
                    Assert.True(held.Add(port));
                }
                else
                {
                    Assert.Equal(10, held.Count);
                }
            }
        });
}
