using System.Collections.Concurrent;

namespace Strata.Host.Demo;

/// <summary>Sends requests without a pause, each on a new connection, and counts the answers by version. A request that fails in any way counts as failed.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private readonly Uri _address;
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private Task _workers = Task.CompletedTask;

    private LoadGenerator(Uri address) => _address = address;

    public IReadOnlyDictionary<string, int> Answers => _answers;

    /// <summary>What went wrong, one line for each failed request.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public static LoadGenerator Start(Uri address, int workers)
    {
        var load = new LoadGenerator(address);
        load._workers = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => load.SendAsync()));
        return load;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _workers;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    // A request under way at the stop is finished, not cancelled: it counts like every other.
    private async Task SendAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, _address);
                request.Headers.ConnectionClose = true;
                using var response = await _http.SendAsync(request, CancellationToken.None);
                var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
                if (response.IsSuccessStatusCode && text.Split(' ') is [var version, ..])
                {
                    _answers.AddOrUpdate(version, 1, static (_, count) => count + 1);
                }
                else
                {
                    _failures.Enqueue($"status {(int)response.StatusCode}");
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
            {
                _failures.Enqueue(error.InnerException?.Message ?? error.Message);
            }
        }
    }
}
