namespace Strata.VirtualNode.Pods;

/// <summary>Whether the provider answers. Fed by every list and ping, read by the node's heartbeat. Thread-safe.</summary>
internal sealed class ProviderHealth(TimeProvider clock)
{
    private readonly Lock _lock = new(); // Guards everything below.
    private DateTimeOffset _lastSuccess = DateTimeOffset.MinValue;
    private string? _problem = "The provider has not answered yet.";
    private int _failures;

    /// <summary>Why the provider cannot be used; null when it can. One failed call is not yet a lost provider.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                return _lastSuccess != DateTimeOffset.MinValue && _failures < 2 ? null : _problem;
            }
        }
    }

    public bool WasSeenWithin(TimeSpan time)
    {
        lock (_lock)
        {
            return _failures == 0 && clock.GetUtcNow() - _lastSuccess < time;
        }
    }

    public void Succeeded()
    {
        lock (_lock)
        {
            (_lastSuccess, _problem, _failures) = (clock.GetUtcNow(), null, 0);
        }
    }

    public void Failed(string problem)
    {
        lock (_lock)
        {
            (_problem, _failures) = (problem, _failures + 1);
        }
    }
}
