namespace Strata.Crash.Tests;

/// <summary>One victim after the other: let it write, kill it, look at what it left.</summary>
internal static class CrashRun
{
    /// <summary>Runs the rounds. The next victim starts while this one works, and waits.</summary>
    /// <param name="start">Makes a victim.</param>
    /// <param name="mostWrites">A victim is killed at a random moment after up to so many acknowledged writes; after none at all, now and then, so that its start is hit too.</param>
    /// <param name="histories">One per store that a victim writes to.</param>
    /// <param name="check">Looks at the stores after each kill.</param>
    public static async Task RunAsync(
        int rounds, Random random, Func<Victim> start, int mostWrites, IReadOnlyList<StoreHistory> histories, Func<Task> check, CancellationToken cancellationToken)
    {
        var next = start();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                using var victim = next;
                next = start();
                await WriteAndKillAsync(victim, random, mostWrites, histories, cancellationToken);
                await check();
            }
        }
        finally
        {
            next.Dispose();
        }

        var (acknowledged, unacknowledged) = (histories.Sum(history => history.Acknowledged), histories.Sum(history => history.Unacknowledged));
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} kills, {acknowledged} acknowledged writes all there, {unacknowledged} unacknowledged ones there as well");
        Assert.True(acknowledged > rounds, "hardly anything was written, so hardly anything was tested");
    }

    private static async Task WriteAndKillAsync(Victim victim, Random random, int mostWrites, IReadOnlyList<StoreHistory> histories, CancellationToken cancellationToken)
    {
        victim.Go();
        if (random.Next(10) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 20), TimeProvider.System, cancellationToken);
        }
        else
        {
            for (var remaining = random.Next(1, mostWrites); remaining > 0; remaining--)
            {
                var line = await victim.ReadLineAsync(cancellationToken);
                Assert.True(line is not null, "the victim ended by itself");
                Remember(line, histories);
            }
        }

        // What it had acknowledged and was not read yet counts as well.
        foreach (var line in await victim.KillAsync(cancellationToken))
        {
            Remember(line, histories);
        }
    }

    private static void Remember(string line, IReadOnlyList<StoreHistory> histories)
    {
        var write = Acknowledgement.Parse(line);
        histories[write.Store].Remember(write);
    }
}
