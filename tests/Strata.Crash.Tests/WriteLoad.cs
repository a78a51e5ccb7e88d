using System.Globalization;
using System.Text;
using Strata.Store;

namespace Strata.Crash.Tests;

/// <summary>Several writers that create, change and delete keys of their own by compare-and-swap, as fast as the store answers.</summary>
internal static class WriteLoad
{
    private const int Writers = 8;
    private const int KeysPerWriter = 12;

    /// <summary>The value written with a nonce. It tells its own nonce and length, so that half of it would be noticed; some spill over pages.</summary>
    public static string ValueOf(long nonce) => string.Create(CultureInfo.InvariantCulture, $"{nonce}:{new string('v', (int)(nonce % 16 == 0 ? nonce % 30_000 : nonce % 600))}");

    /// <summary>Writes until cancelled or until the store is gone for good.</summary>
    public static Task RunAsync(IRevisionedStore store, int number, int seed, Action<Acknowledgement> acknowledge, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(
            store, number, string.Create(CultureInfo.InvariantCulture, $"/crash/{writer}/"), new Random(HashCode.Combine(seed, number, writer)), acknowledge, cancellationToken)));

    private static async Task WriteAsync(
        IRevisionedStore store, int number, string prefix, Random random, Action<Acknowledgement> acknowledge, CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (!cancellationToken.IsCancellationRequested)
        {
            var key = prefix + random.Next(KeysPerWriter).ToString(CultureInfo.InvariantCulture);
            var bytes = Encoding.UTF8.GetBytes(key);
            try
            {
                var current = (await store.GetAsync(bytes, 0, cancellationToken))?.ModRevision ?? ExpectedRevision.Absent;
                if (current != ExpectedRevision.Absent && random.Next(5) == 0)
                {
                    var deleted = await store.DeleteAsync(bytes, current, cancellationToken);
                    if (deleted.IsDeleted)
                    {
                        acknowledge(new Acknowledgement(number, deleted.Revision, key, 0));
                    }

                    continue;
                }

                var nonce = random.NextInt64(1, long.MaxValue);
                var put = await store.PutAsync(bytes, Encoding.UTF8.GetBytes(ValueOf(nonce)), current, cancellationToken);
                if (put.IsCommitted)
                {
                    acknowledge(new Acknowledgement(number, put.Revision, key, nonce));
                }
            }
            catch (Exception e) when (e is UncertainWriteException or StoreUnavailableException)
            {
                // Not acknowledged: it may be there or not, and the next round reads which.
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
