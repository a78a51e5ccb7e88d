namespace Strata.Store.Tests.Contract;

public abstract partial class RevisionedStoreContract
{
    [Fact]
    public async Task Compaction_keeps_what_is_current_and_what_came_after()
    {
        await Written("a", "1"); // 2
        await Written("a", "2"); // 3
        await Written("b", "1"); // 4
        await Store.Delete("b"); // 5
        await Written("c", "1"); // 6
        await Written("a", "3"); // 7

        await Store.Compact(6);

        Assert.Equal(["a=2 c2 m3 v2", "c=1 c6 m6 v1"], (await Store.List("", at: 6)).Entries.Select(entry => entry.Describe()));
        Assert.Equal(["a=3 c2 m7 v3", "c=1 c6 m6 v1"], (await Store.List("")).Entries.Select(entry => entry.Describe()));
        Assert.Equal(["7 put a=3 c2 m7 v3"], (await Store.Changes("", after: 6, through: 7)).Select(change => change.Describe()));
    }

    [Fact]
    public async Task What_is_compacted_says_so_and_names_the_floor()
    {
        await Written("a", "1");
        await Written("a", "2");
        await Store.Compact(3);

        var read = await Assert.ThrowsAsync<CompactedException>(async () => await Store.List("", at: 2));
        Assert.Equal((2, 3), (read.Revision, read.Floor));
        await Assert.ThrowsAsync<CompactedException>(async () => await Store.Get("a", at: 1));
        await Assert.ThrowsAsync<CompactedException>(async () => await Store.Changes("", after: 2, through: 3));
    }

    [Fact]
    public async Task Compacting_again_to_the_same_or_an_older_revision_does_nothing()
    {
        await Written("a", "1");
        await Written("a", "2");
        await Store.Compact(3);

        await Store.Compact(3);
        await Store.Compact(2);

        Assert.Equal("2", (await Store.Get("a", at: 3))!.Value.Text());
    }

    [Fact]
    public async Task The_revision_goes_on_after_everything_was_deleted_and_compacted()
    {
        await Written("a", "1");
        await Store.Delete("a");
        await Store.Compact(3);

        Assert.Equal(3, await Store.Revision());
        Assert.Equal("a=2 c4 m4 v1", (await Written("a", "2")).Describe());
        Assert.Equal(0, await Store.CountAsync(KeyRange.All, 3, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_long_history_compacts_while_writers_go_on()
    {
        for (var round = 0; round < 40; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Store.Put($"k{i}", $"{round}").AsTask()));
        }

        var compaction = Store.Compact(3900).AsTask();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Store.Put($"k{i}", "last").AsTask()));
        await compaction;

        Assert.Equal(4101, await Store.Revision());
        Assert.All((await Store.List("k")).Entries, entry => Assert.Equal(("last", 41L), (entry.Value.Text(), entry.Version)));
        Assert.Equal(100, (await Store.List("k", at: 3900)).Entries.Count);
        Assert.Equal(201, (await Store.Changes("k", after: 3900, through: 4101)).Count);
    }
}
