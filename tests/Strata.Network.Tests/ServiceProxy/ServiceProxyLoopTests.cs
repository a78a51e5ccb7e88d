using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strata.Network.Linux;
using Strata.Network.ServiceProxy;

namespace Strata.Network.Tests.ServiceProxy;

public sealed class ServiceProxyLoopTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly FakeNftables _nftables = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly ServiceProxyLoop _proxy;

    public ServiceProxyLoopTests()
    {
        _proxy = new ServiceProxyLoop(Given.Options, _nftables, _nftables, Interval, _clock, NullLogger<ServiceProxyLoop>.Instance);
    }

    private static ServiceInfo Web(int number) => Given.Service("web", "10.96.0.5", Given.Port(80, Given.Ready($"10.42.0.{number}")));

    [Fact]
    public async Task The_first_change_after_quiet_is_applied_at_once_and_those_after_it_together()
    {
        await RunAsync(async () =>
        {
            await _nftables.CountAsync(1);
            await QuietAsync();

            _proxy.Set(Web(1));
            await _nftables.CountAsync(2); // The clock stands still: no waiting was needed.
            _proxy.Set(Web(2));
            _proxy.Set(Web(3));
            _proxy.Set(Web(4));
            Assert.Equal(2, _nftables.Applied.Count);
            _clock.Advance(Interval);
            await _nftables.CountAsync(3);

            Assert.Contains("10.42.0.4:8080", _nftables.Applied[2], StringComparison.Ordinal);
            Assert.DoesNotContain("10.42.0.3:8080", _nftables.Applied[2], StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task After_a_refusal_the_whole_table_is_replaced()
    {
        await RunAsync(async () =>
        {
            await _nftables.CountAsync(1);
            _nftables.RefuseNext = true;
            _proxy.Set(Web(1));
            await AdvanceUntilAsync(() => _nftables.Applied.Count == 2);

            Assert.StartsWith("add table ip strata-t\ndelete table ip strata-t\n", _nftables.Applied[1], StringComparison.Ordinal);
            Assert.Contains("10.42.0.1:8080", _nftables.Applied[1], StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_table_that_is_gone_is_put_back_without_a_change()
    {
        await RunAsync(async () =>
        {
            await _nftables.CountAsync(1);
            await AdvanceUntilAsync(() => _nftables.CheckCount == 1);
            Assert.Single(_nftables.Applied);

            _nftables.TableIsGone = true;
            await AdvanceUntilAsync(() => _nftables.Applied.Count == 2);
            Assert.Equal(_nftables.Applied[0], _nftables.Applied[1]);
        });
    }

    [Fact]
    public async Task A_change_that_changes_nothing_touches_nothing()
    {
        _proxy.Set(Web(1));
        await RunAsync(async () =>
        {
            await _nftables.CountAsync(1);
            _proxy.Set(Web(1));
            await AdvanceUntilAsync(() => _nftables.CheckCount == 1);

            Assert.Single(_nftables.Applied);
        });
    }

    private async Task RunAsync(Func<Task> test)
    {
        using var stop = new CancellationTokenSource();
        var running = _proxy.RunAsync(stop.Token);
        await test();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    // Past the interval after the last transaction, but not so far that a check of the table is due.
    private async Task QuietAsync()
    {
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(Interval);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });

    private sealed class FakeNftables : INftables, IUdpFlows
    {
        private readonly List<string> _applied = [];

        public bool RefuseNext { get; set; }

        public bool TableIsGone { get; set; }

        public int CheckCount { get; private set; }

        public IReadOnlyList<string> Applied
        {
            get
            {
                lock (_applied)
                {
                    return [.. _applied];
                }
            }
        }

        public Task CountAsync(int count) => Eventually.TrueAsync(() => Applied.Count >= count);

        public Task ApplyAsync(string commands, CancellationToken cancellationToken)
        {
            if (commands.StartsWith("list ", StringComparison.Ordinal))
            {
                CheckCount++;
                return TableIsGone ? throw new NftablesException("No such file or directory") : Task.CompletedTask;
            }
            if (RefuseNext)
            {
                RefuseNext = false;
                throw new NftablesException("Device or resource busy");
            }
            TableIsGone = false;
            lock (_applied)
            {
                _applied.Add(commands);
            }
            return Task.CompletedTask;
        }

        public int Forget(Func<UdpFlow, bool> isStale) => 0;
    }
}
