namespace Strata.Store.Tests.Contract;

public abstract partial class RevisionedStoreContract
{
    [Fact]
    public async Task A_range_holds_the_keys_with_its_prefix_in_byte_order()
    {
        foreach (var key in (string[])["/b/2", "/a/1", "/b/1", "/c", "/b", "/b/10"])
        {
            await Written(key, "x");
        }

        var page = await Store.List("/b/");

        Assert.Equal(["/b/1", "/b/10", "/b/2"], page.Entries.Select(entry => entry.Key.Text()));
        Assert.False(page.More);
        Assert.Equal(7, page.Revision);
    }

    [Fact]
    public async Task The_empty_prefix_is_every_key_and_a_prefix_of_ones_has_no_end()
    {
        var token = TestContext.Current.CancellationToken;
        await Written("a", "1");
        await Store.PutAsync(new byte[] { 0xFF, 0xFF, 0xFF }, "2".Utf8(), ExpectedRevision.Any, token);
        await Store.PutAsync(new byte[] { 0xFF, 0x01 }, "3".Utf8(), ExpectedRevision.Any, token);

        Assert.Equal(3, (await Store.RangeAsync(KeyRange.All, 0, 10, token)).Entries.Count);
        Assert.Equal(1, await Store.CountAsync(KeyRange.Prefix(new byte[] { 0xFF, 0xFF }), 0, token));
        Assert.Equal(2, await Store.CountAsync(KeyRange.Prefix(new byte[] { 0xFF }), 0, token));
    }

    [Fact]
    public async Task Pages_of_one_revision_show_that_revision_whatever_happens_between_them()
    {
        for (var i = 0; i < 10; i++)
        {
            await Written($"k{i}", "old");
        }
        var range = KeyRange.Prefix("k".Utf8());
        var first = await Store.RangeAsync(range, 0, 4, TestContext.Current.CancellationToken);

        await Store.Delete("k5");
        await Written("k6", "new");
        await Written("k45", "new");
        var rest = await Store.RangeAsync(
            range.StartingAfter(first.Entries[^1].Key), first.Revision, 100, TestContext.Current.CancellationToken);

        Assert.True(first.More);
        Assert.Equal(["k4", "k5", "k6", "k7", "k8", "k9"], rest.Entries.Select(entry => entry.Key.Text()));
        Assert.All(rest.Entries, entry => Assert.Equal("old", entry.Value.Text()));
        Assert.Equal(first.Revision, rest.Revision);
    }

    [Fact]
    public async Task A_page_that_ends_the_range_exactly_says_there_is_no_more()
    {
        await Written("a", "1");
        await Written("b", "1");

        Assert.False((await Store.List("", limit: 2)).More);
        Assert.True((await Store.List("", limit: 1)).More);
    }

    [Fact]
    public async Task A_key_can_be_read_as_of_any_revision()
    {
        await Written("a", "1");
        await Written("a", "2");
        await Store.Delete("a");

        Assert.Null(await Store.Get("a", at: 1));
        Assert.Equal("1", (await Store.Get("a", at: 2))!.Value.Text());
        Assert.Equal("2", (await Store.Get("a", at: 3))!.Value.Text());
        Assert.Null(await Store.Get("a", at: 4));
    }

    [Fact]
    public async Task Counting_agrees_with_listing_now_and_in_the_past()
    {
        await Written("a/1", "1");
        await Written("a/2", "1");
        await Store.Delete("a/1");
        var range = KeyRange.Prefix("a/".Utf8());
        var token = TestContext.Current.CancellationToken;

        Assert.Equal(1, await Store.CountAsync(range, 0, token));
        Assert.Equal(2, await Store.CountAsync(range, 3, token));
        Assert.Equal(0, await Store.CountAsync(range, 1, token));
    }

    [Fact]
    public async Task Reading_the_future_is_refused()
    {
        var error = await Assert.ThrowsAsync<FutureRevisionException>(async () => await Store.List("", at: 2));

        Assert.Equal((2, 1), (error.Revision, error.Current));
        await Assert.ThrowsAsync<FutureRevisionException>(async () => await Store.Compact(2));
    }
}
