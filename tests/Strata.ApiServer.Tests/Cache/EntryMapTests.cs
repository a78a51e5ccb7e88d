using Strata.ApiServer.Cache;

namespace Strata.ApiServer.Tests.Cache;

public sealed class EntryMapTests
{
    private static readonly StoredMetadata None = new("", "", new Dictionary<string, string>());

    [Theory]
    [InlineData(1, 50, 2000)]
    [InlineData(2, 2000, 8000)]
    public void It_behaves_as_a_sorted_dictionary_of_which_every_version_stays_readable(int seed, int keys, int steps)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<string, CacheEntry>(StringComparer.Ordinal);
        var map = EntryMap.Empty;
        var (kept, keptMap) = (new List<CacheEntry>(), map);
        for (var step = 0; step < steps; step++)
        {
            var key = $"k{random.Next(keys)}";
            if (random.Next(3) == 0)
            {
                model.Remove(key);
                map = map.Remove(key);
            }
            else
            {
                map = map.Set(model[key] = Entry(key));
            }
            Assert.Equal(model.GetValueOrDefault(key), map.Get(key));
            if (step == steps / 2)
            {
                (kept, keptMap) = ([.. model.Values], map);
            }
        }

        Assert.Equal(model.Count, map.Count);
        Assert.Equal(model.Values, map.From(""));
        Assert.Equal(model.Values.Where(entry => string.CompareOrdinal(entry.Key, "k3") >= 0), map.From("k3"));
        Assert.Equal(model.Values, EntryMap.From([.. model.Values]).From(""));
        Assert.Equal(kept, keptMap.From(""));
    }

    [Fact]
    public void It_can_be_emptied()
    {
        var map = EntryMap.Empty.Set(Entry("a")).Remove("a").Remove("a");

        Assert.Equal(0, map.Count);
        Assert.Empty(map.From(""));
        Assert.Null(map.Get("a"));
    }

    private static CacheEntry Entry(string key) => new(key, default, 1, None, new Dictionary<string, string>());
}
