namespace Strata.Store.Tests.Contract;

public abstract partial class RevisionedStoreContract
{
    [Fact]
    public async Task An_empty_store_is_at_revision_1()
    {
        Assert.Equal(1, await Store.Revision());
        Assert.Equal(1, (await Store.List("")).Revision);
    }

    [Fact]
    public async Task Every_write_takes_the_next_revision()
    {
        var a = await Store.Put("a", "1");
        var b = await Store.Put("b", "1");
        var again = await Store.Put("a", "2");
        var gone = await Store.Delete("b");

        Assert.Equal([2, 3, 4, 5], [a.Revision, b.Revision, again.Revision, gone.Revision]);
        Assert.Equal(5, await Store.Revision());
    }

    [Fact]
    public async Task An_entry_carries_its_create_and_mod_revision_and_its_version()
    {
        await Written("a", "1");
        await Written("other", "x");

        Assert.Equal("a=2 c2 m4 v2", (await Written("a", "2")).Describe());
        Assert.Equal("a=2 c2 m4 v2", (await Store.Get("a"))!.Describe());
    }

    [Fact]
    public async Task A_key_that_is_created_again_starts_at_version_1()
    {
        await Written("a", "1");
        await Store.Delete("a");

        Assert.Equal("a=2 c4 m4 v1", (await Written("a", "2")).Describe());
    }

    [Fact]
    public async Task A_create_loses_against_an_existing_key_and_shows_it()
    {
        await Written("a", "1");

        var outcome = await Store.Put("a", "2", ExpectedRevision.Absent);

        Assert.Equal(PutStatus.Conflict, outcome.Status);
        Assert.Equal("a=1 c2 m2 v1", outcome.Entry!.Describe());
        Assert.Equal(2, await Store.Revision());
    }

    [Fact]
    public async Task An_update_from_an_old_revision_loses_and_shows_the_winner()
    {
        await Written("a", "1");
        await Written("a", "2");

        var outcome = await Store.Put("a", "3", expected: 2);

        Assert.Equal(PutStatus.Conflict, outcome.Status);
        Assert.Equal(3, outcome.Revision);
        Assert.Equal("a=2 c2 m3 v2", outcome.Entry!.Describe());
    }

    [Fact]
    public async Task An_update_of_a_key_that_is_gone_loses_and_shows_nothing()
    {
        await Written("a", "1");
        await Store.Delete("a");

        var outcome = await Store.Put("a", "2", expected: 2);

        Assert.Equal(PutStatus.Conflict, outcome.Status);
        Assert.Null(outcome.Entry);
    }

    [Fact]
    public async Task An_update_from_the_current_revision_wins()
    {
        await Written("a", "1");

        Assert.True((await Store.Put("a", "2", expected: 2)).IsCommitted);
        Assert.Equal("2", (await Store.Get("a"))!.Value.Text());
    }

    [Fact]
    public async Task A_delete_hands_back_what_it_deleted()
    {
        await Written("a", "1");

        var outcome = await Store.Delete("a", expected: 2);

        Assert.True(outcome.IsDeleted);
        Assert.Equal(3, outcome.Revision);
        Assert.Equal("a=1 c2 m2 v1", outcome.Entry!.Describe());
        Assert.Null(await Store.Get("a"));
    }

    [Fact]
    public async Task A_delete_from_an_old_revision_loses_and_shows_the_winner()
    {
        await Written("a", "1");
        await Written("a", "2");

        var outcome = await Store.Delete("a", expected: 2);

        Assert.Equal(DeleteStatus.Conflict, outcome.Status);
        Assert.Equal("a=2 c2 m3 v2", outcome.Entry!.Describe());
        Assert.NotNull(await Store.Get("a"));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_takes_no_revision()
    {
        var outcome = await Store.Delete("a");

        Assert.Equal(DeleteStatus.NotFound, outcome.Status);
        Assert.Null(outcome.Entry);
        Assert.Equal(1, await Store.Revision());
    }

    [Fact]
    public async Task Of_many_writers_from_one_revision_exactly_one_wins()
    {
        await Written("a", "0");

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => Store.Put("a", $"{i}", expected: 2).AsTask()));

        Assert.Single(outcomes, outcome => outcome.IsCommitted);
        Assert.Equal(3, await Store.Revision());
    }

    [Fact]
    public async Task Concurrent_writers_never_share_or_skip_a_revision()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Store.Put($"k{i % 50}", $"{i}").AsTask()));

        Assert.Equal(Enumerable.Range(2, 500).Select(i => (long)i), outcomes.Select(outcome => outcome.Revision).Order());
    }

    [Fact]
    public async Task Values_may_be_empty_or_large_and_keys_any_bytes()
    {
        var large = new byte[3 << 20];
        new Random(1).NextBytes(large);
        byte[] key = [0x00, 0xFF, 0x80];
        var token = TestContext.Current.CancellationToken;

        await Store.PutAsync(key, large, ExpectedRevision.Absent, token);
        await Store.PutAsync("empty".Utf8(), Array.Empty<byte>(), ExpectedRevision.Absent, token);

        Assert.Equal(large, (await Store.GetAsync(key, 0, token))!.Value.ToArray());
        Assert.True((await Store.Get("empty"))!.Value.IsEmpty);
    }

    [Fact]
    public async Task Keys_that_are_empty_or_too_long_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.Put("", "1"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.Put(new string('x', 1025), "1"));
        Assert.True((await Store.Put(new string('x', 1024), "1")).IsCommitted);
    }

    [Fact]
    public async Task A_write_that_is_cancelled_beforehand_never_happens()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.PutAsync("a".Utf8(), "1".Utf8(), ExpectedRevision.Any, cancelled.Token));

        Assert.Null(await Store.Get("a"));
        Assert.Equal(1, await Store.Revision());
    }
}
